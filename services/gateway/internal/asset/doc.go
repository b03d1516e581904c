// Package asset serves the widget's built files to browsers on any site. It refuses to build or change them: what is in them is
// web's, and a name with a hash always means the same bytes.
package asset
