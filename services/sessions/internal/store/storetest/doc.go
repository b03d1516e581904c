// Package storetest is the conformance suite of the stores: each passes all of it, or it is not one.
//
// The suite states what the projection and the server rely on and compares each store with a model in memory that is too
// simple to be wrong. It refuses to look inside a store, and to know how one is opened.
package storetest
