// Package backup keeps what is true of an installation in a directory, and makes a bus from it again: the events with the positions of
// those who work through them, the dead letters, the notes and the files. What is derived from these, the session store, is none of it.
//
// A directory is whole when it has a manifest: that is written last, after every stream was read back. Take refuses a directory that
// holds anything, Open one that is not whole or not as it was written, and Restore a bus that has one of the streams.
package backup
