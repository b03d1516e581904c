import { h } from "preact";

const paths: Record<string, string> = {
  close: "M6 6l12 12M18 6 6 18", send: "M12 19.500V5M5.5 11.2 12 4.700l6.5 6.5", clip: "m20.5 11.5-8.6 8.600a5.3 5.3 0 0 1-7.5-7.500l8.9-8.900a3.5 3.5 0 0 1 5 5l-8.8 8.800a1.8 1.8 0 0 1-2.5-2.500l8-8",
  dots: "M5.5 12h.01M12 12h.01M18.5 12h.01", reply: "M9 7 4 12l5 5M4.5 12H14a6 6 0 0 1 6 6v.5", edit: "m4 20 .8-3.800L15.6 5.400a2 2 0 0 1 2.9 0l.1.100a2 2 0 0 1 0 2.900L7.8 19.2 4 20Z",
  remove: "M4.5 7h15M10 11v6M14 11v6M6.5 7l.8 11.200A2 2 0 0 0 9.3 20h5.400a2 2 0 0 0 2-1.800L17.5 7M9 7V5.500A1.5 1.5 0 0 1 10.5 4h3A1.5 1.5 0 0 1 15 5.500V7",
  down: "M12 5v14M6 13l6 6 6-6", check: "m4.5 12.5 5 5 10-11", file: "M13.5 3.500H7.500a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-10l-5-5Zm0 0v5h5",
  clock: "M12 7v5l3 2M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17Z", camera: "M4 8.500A1.5 1.5 0 0 1 5.5 7h2.300l1.2-2h6l1.2 2h2.300A1.5 1.5 0 0 1 20 8.500v9a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500v-9Zm8 7.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  bell: "M4.5 17.500h15M6 17.500a6 6 0 0 1 12 0M12 8.500v3M10 8.500h4M3.5 20h17",
};

/** Icon is a line drawing on a field of 24 by 24; it says nothing, what it stands in has the name. */
export function Icon({ name, size = 20 }: { name: string; size?: number }) {
  return (
    <svg class="pp-icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
