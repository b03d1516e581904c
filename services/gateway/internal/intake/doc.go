// Package intake is the counter where everything from outside is taken in, whichever way it came: it finds the session, checks
// what was handed over, and has it stored on the bus before anybody is told so. What it refuses it refuses with a reason, an
// error code and an HTTP status. It refuses to know routes and protocols.
package intake
