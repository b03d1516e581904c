// Package config reads configuration from environment variables into tagged structs, and says what is wrong with it
// in words that an operator can act on.
//
// It reports every problem at once, with the variable's name, what was found, what is expected and where to get it.
// A secret may also come from a file (X_FILE for the variable X), and its value is in no error, whatever is wrong with it.
//
// The same structs are filled once for each project when a YAML file names several: a key of the file is a variable's name in another
// spelling, so that a setting is declared once.
//
// It refuses to read flags or .env files, to watch for changes, and to know of a platform more than the names of its settings: the
// texts of a setup guide are passed in by the package that is named after the platform.
package config
