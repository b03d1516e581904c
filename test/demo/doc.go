// Package demo is a plain page for the visitor's side of a conversation, and a front page that shows it beside the simulated
// platform: the main job can be seen working without an account anywhere. It speaks the widget protocol from another origin, as
// a customer's site does. It refuses to be the widget: that comes from web/.
package demo
