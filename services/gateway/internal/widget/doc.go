// Package widget serves the HTTP routes of the PocketPing widget protocol: what a visitor's page asks for. It refuses to
// believe a page: whoever uses these routes is a visitor, whatever the body says, and gets at one session, the one whose id
// he knows.
package widget
