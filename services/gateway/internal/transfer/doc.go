// Package transfer moves the bytes of files: in, by the single-use addresses that the widget's routes give out, and out, by the
// signed links that every attachment is shown with. It refuses to let a stored file act: only pictures, sound and film are
// shown in place, and nothing runs. It refuses to know who may have a file: whoever has a link that is signed and has not ended.
package transfer
