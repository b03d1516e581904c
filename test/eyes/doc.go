// Package eyes tries what one sees of Bellhop from outside: it runs the all-in-one program with the simulated platforms, reads its
// metrics, and compares them with what the documents, the dashboard and the alert rules say of them.
//
// It refuses to look inside: what is not served is not there.
package eyes
