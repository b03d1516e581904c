declare const __PANEL__: string;
declare module "*.css" { const text: string; export default text }
// Where h is an argument, its types are these.
declare namespace JSX { type IntrinsicElements = import("preact").JSX.IntrinsicElements; type Element = import("preact").JSX.Element }
