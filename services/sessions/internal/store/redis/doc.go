// Package redis keeps the sessions service's state in Redis 7, alone or as a cluster: the store of several replicas.
//
// Every key begins with "bellhop:". What belongs to one session lies under the hash tag {project:session}, so one script
// changes all of it at once. Threads, copies, lists, operators and floors lie in slots of their own, so no command can change
// them together with a session. A commit therefore has four steps, one round trip each:
//
//  1. look: the floor and the seq of each session; a change that does not fit is refused before anything is written;
//  2. indexes: threads, copies, the list, operators;
//  3. sessions: a script for each, which compares the seq again and writes the session, its messages and their order;
//  4. the floor, compared again.
//
// Whoever is killed in between leaves sessions ahead of the floor. The next fold skips the events that such a session
// already has, so nothing would ever write their indexes again: that is why indexes come before sessions. Early they do no harm:
// they name a session or a message that is about to be there, they only ever say what the bus said, and each of their
// writes may be repeated and may come late (a list entry never moves back, a copy keeps its last message, an
// operator keeps the newest status). Two committers of one part that pass the first step together can each win a
// session; both are told ErrConflict, load again and find those sessions ahead.
//
// A single Redis that is killed loses an end of its history, so its floors are never ahead of its sessions. The masters
// of a cluster lose theirs one by one: a floor may survive what a session's master forgot.
//
// Instants are compared in whole milliseconds and sequences stay below 2^53: scores are doubles. The package refuses to
// expire anything but visits, and Reset is for a moment when nobody commits.
package redis
