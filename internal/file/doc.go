// Package file is what all services must know of files: their ids and names, what type a file really is, the store that keeps
// the bytes, and the signed links by which a browser gets at them.
//
// Save streams a file into the store, Open reads it, Link makes an address that ends. It refuses to believe what comes with a
// file: names are cleaned, types are looked for in the bytes, sizes are counted. It refuses to know what a file is for: whether
// a message has it is said on the bus.
package file
