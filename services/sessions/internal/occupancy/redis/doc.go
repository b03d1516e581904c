// Package redis keeps the occupancy in Redis 7, alone or as a cluster, for several replicas.
//
// All that belongs to an app lies under the hash tag {app}, below "bellhop:ch:", and each operation is one script, so one sees what another
// left when it was done. Names are written as id.Token writes them; users and their info are values, and are kept as they are.
//
//	bellhop:ch:apps                              set of apps
//	bellhop:ch:{app}:state                       hash: began (microseconds), id (no other state's), version, granted (the last lease); of an app with webhooks
//	                                             project, counts, hooks (until when they are wanted), settling (both milliseconds), told
//	                                             and lost (batches of news)
//	bellhop:ch:{app}:leases                      sorted set of gateways by when the lease ends (milliseconds); 0 while it is taken back
//	bellhop:ch:{app}:reported                    hash: <gateway> (the number of its last report), <gateway>:since (when its lease was fresh)
//	bellhop:ch:{app}:index                       sorted set, all of score 0, of the channels that somebody is in and that are not hidden
//	bellhop:ch:{app}:gateway:<gateway>           set of the channels that a gateway has a part in
//	bellhop:ch:{app}:stale:<gateway>             set of those that it has not reported since its lease was fresh
//	bellhop:ch:{app}:channel:<channel>           hash: version, sockets, at:<gateway> (its sockets), counted (when
//	                                             webhooks were told how many there are, of many)
//	bellhop:ch:{app}:leaving                     sorted set by when it is told (milliseconds): <channel>:v, <channel>:-<user>, <channel>:c
//	bellhop:ch:{app}:news                        list of batches for webhooks, as JSON: [[what, channel, user, sockets], …]
//	bellhop:ch:{app}:users:<channel>             hash of user → "<at how many gateways> <info>"
//	bellhop:ch:{app}:here:<channel>:<gateway>    set of the users at one gateway
//
// An app's scripts name most keys themselves: which channels a gateway is in is known inside only. All are in the slot of KEYS[1]. What
// nobody is in leaves no key; an app leaves its state, and its name.
//
// Taking back a gateway's channels takes several calls when there are many, so that nobody else has to wait for all of them. From the first
// on the gateway has no lease, and gets a new one after the last. The clock is that of Redis.
//
// The package refuses to survive Redis: what an append-only file or a failover loses is reported again, as soon as a gateway says that it has
// seen more. What somebody else takes out, and the gateways' numbers stay, is not noticed.
package redis
