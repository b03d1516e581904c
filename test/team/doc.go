// Package team shows the simulated platforms as a support team sees them: threads, posts, and what people do with both, in the
// same words whether the team sits in Telegram, Discord or Slack.
//
//	slack := team.At(t, team.OnSlack(sim))
//	room := slack.Room("Vera")
//	room.Shows("hi").Reply("hello")
//
// It refuses to know how Bellhop finds its way: a thread is the visitor's whose posts name the visitor. It refuses to even out
// what platforms can't do; Can tells.
package team
