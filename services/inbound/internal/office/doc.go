// Package office does what operators want, whichever platform they are on: it takes a gesture (words, a correction, a reaction, a
// button, a closed thread), finds whose conversation it is about, makes facts of it and stores them, and says what the operator
// is to be told.
//
// It refuses to know any platform's JSON or to call a platform: a receiver reads gestures, and gives answers, in its own way. It
// refuses to let anything reach a visitor that was not meant for the visitor: notes, commands and their typos, and corrections
// of what never was a message.
package office
