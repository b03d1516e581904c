// Package shelf gives platforms the files of messages: their bytes, and links for the team where bytes can't be sent. It refuses
// to know what a platform takes.
package shelf
