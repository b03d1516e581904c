// Package sqlite keeps the sessions service's state in one SQLite file: the store of the all-in-one binary.
//
// Records lie in the file as protobuf, beside the few columns that are searched. One connection writes changes, each in
// one transaction; a few read beside it, which write-ahead logging allows. With DurabilityFull (the default) a commit is
// on the disk when it returns. With DurabilityNormal a power cut may take the last commits, floors and sessions alike, and
// the projection makes them again. Visits are always written like that: a page view is not worth a sync.
//
// Instants are compared in whole milliseconds. Last activity only moves forward. The package refuses to open the file
// of a newer schema, or one that something else wrote, and it never deletes a session: only Reset does, all of them.
package sqlite
