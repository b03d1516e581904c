// Package screenshot remembers, for a few minutes, who was asked for a picture of his page, so that the question is put again to
// a page that comes back and to one that polls. It refuses to keep what it hears: a gateway that was started after the question
// looks for it on the bus when the picture comes, and puts no question again.
package screenshot
