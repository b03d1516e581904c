// Package projection turns the events of the bus into the records of the sessions service's store.
//
// Fold is pure: records and events in, records out. Projector loads, folds and commits, and sees to it that every part
// gets to the stream's end, whatever happened to the store.
//
// It refuses to publish anything, to drop a fact because another one is missing, and to apply a batch that does not join
// on to what the store holds.
package projection
