// Package demo is a small shop with the chat widget, and a front page that shows it beside the simulated platforms: a newcomer
// plays visitor and operator without an account anywhere. The shop includes the widget from another origin, under a content policy
// as strict as a customer's site may have. It refuses to be more than a page: the widget is web's, and the gateway serves it.
package demo
