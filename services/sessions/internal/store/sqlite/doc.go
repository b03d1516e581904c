// Package sqlite keeps the sessions service's state in one SQLite file: the store of the all-in-one binary.
//
// Records lie in the file as protobuf, beside the few columns that are searched. One connection writes; a few read beside
// it, which write-ahead logging allows. Changes that wait for the writer go into one transaction. A commit is not synced to
// the disk: a power cut may take the last ones, floors and sessions alike, and the projection makes them again from the bus,
// which has been synced. Visits may go with them: a page view is not worth a sync.
//
// Instants are compared in whole milliseconds. Last activity only moves forward. The package refuses to open the file
// of a newer schema, or one that something else wrote, and it never deletes a session: only Reset does, all of them.
package sqlite
