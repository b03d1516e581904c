// Package catalogue is what there is to know of each type of event: who publishes it, what it says, and its JSON Schema. It is generated
// from proto/ by `make generate`. It refuses to validate: what is published is what the contract's messages write.
package catalogue
