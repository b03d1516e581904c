// Package build bundles the widget's TypeScript with esbuild, in process: no Node. It refuses to check types: `make web-types`
// does, with TypeScript's own compiler.
package build
