// Command protoc-gen-catalogue writes the catalogue of events from the contract: a JSON Schema for each type, the AsyncAPI document and
// the page for people in docs/events, and the file that the command line has in it. buf runs it. Prose stands in the comments of
// proto/bellhop/event/v1, in its asyncapi.json.tmpl and examples.json; it refuses to add any of its own about an event.
package main
