// Package upstream is what every service but sessions needs behind it: the bus, and the sessions service. It holds their part of
// a service's configuration, opens both, and ties them to the service's readiness and end. It refuses to know what is done
// with them.
package upstream
