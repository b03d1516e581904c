// Package upstream is what every service but sessions needs behind it: the bus, and the sessions service. It holds their part of
// a service's configuration, opens both, and ties them to the service's readiness and end. How the bus lets somebody in, Access, is
// for sessions and the command line too. It refuses to know what is done with them.
package upstream
