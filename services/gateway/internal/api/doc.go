// Package api is what a customer's backend asks for: to say something in the team's name, to send a custom event, to close a
// conversation, to be online. The same commands come over NATS and over HTTP. It refuses to act without the API key over HTTP;
// over NATS the bus's own rights decide.
package api
