// Package chaos kills every part of Bellhop with SIGKILL while visitors and operators talk, starts it again on its disk, and
// has an outside checker compare what was promised with what is there: nothing that was answered 200 is lost, nothing is in
// a history twice or out of order, every answer of an operator is shown once. What a platform without idempotency may repeat
// is counted and printed.
//
// Visitors are answered from Telegram, Discord and Slack, and each must show what the others wrote, in the order of the history.
// Where a service runs twice, whoever has the leases is killed, and it is said how long it took until the other sent and heard.
//
// And both gateways are replaced in order, by successors behind a balancer: every visitor moves once, and nothing is lost or doubled.
//
// Gateways with members of presence channels are killed as well, and what the sockets at the others are told is counted: who went once, who
// stays never, also when the sessions service and its Redis forget everything meanwhile.
//
// `go test` runs a short variant; `-full`, which `make chaos`, `make chaos-rolling` and `make ghosts` give, kills everything in turn and
// moves thousands. It refuses to look at state:
// the checker asks the widget's routes, the pages and the simulated platforms. Who has a lease it asks the bus.
package chaos
