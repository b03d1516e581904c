// Package httpserver is how a service serves HTTP: on a listener of its own, or on one that it shares with other services
// of the same process. The service writes it once:
//
//	site, err := cfg.HTTP.Open(log)    // binds, or joins cfg.HTTP.Front
//	err = site.Handle("/pocketping/", widget)
//	group.Serve("http", site)          // serves, and drains when its turn comes
//
// Every server has its time-outs for headers and idle connections set. It has none for writing, because event streams
// live for hours: a handler that needs one sets it with http.ResponseController.
//
// It refuses to know any route, and to do what belongs into a handler: CORS, authentication, limits of bodies and rates.
package httpserver
