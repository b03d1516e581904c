// Package announce hands what webhooks are to be told of channels from the occupancy to the bus.
//
// Every replica does so, of all apps, without a lease: the occupancy answers all of them the same batches under the same numbers, each stores
// them one after another, and what the bus has stored under a number it does not store again. So whoever is faster tells, nobody has
// to notice that another was killed, and there is one order. The package refuses to know of addresses and signatures.
package announce
