// Package gateway is the connection over which Discord tells what happens: it connects, keeps the connection alive, resumes after
// every loss, and hands over the events one after another, raw.
//
// It refuses to read events: one that nobody understands must not stop those behind it. It refuses to go on before its handler
// has returned, so that whoever stores what he is handed loses nothing: what to resume from is told with every event. And it
// refuses to insist where Discord has said that only a person can help.
package gateway
