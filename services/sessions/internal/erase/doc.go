// Package erase makes erased sessions disappear: from the stream, the files, the dead letters and the store's indexes and disk. It
// also has conversations erased whose time is over.
//
// The projection has wiped a session as soon as it applies session.erased; from then on nobody is answered with it. What is left
// is a record of where its copies stand. One process at a time works off those records, by a lease, a step at a time: it tells the
// bus where the copies stand (after a rebuild of the store nothing else would), overwrites everything else that the stream holds of
// the session, removes its files and dead letters, and reports that. Every step may be repeated, so a process that was killed in
// the middle costs nothing but time. The platforms are the notifier's, and reported by it.
//
// It refuses to look at what people wrote: it reads records of erasures, subjects and names.
package erase
