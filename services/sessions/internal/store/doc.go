// Package store says what the sessions service keeps and how it may be changed. There are two stores, redis and sqlite, and
// one suite, storetest, that both pass.
//
// Everything in a store but the visits is derived from the bus and can be made again. A store refuses to know events: the
// projection folds them and hands over finished records.
package store
