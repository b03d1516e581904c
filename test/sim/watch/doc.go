// Package watch lets tests and pages wait until something in a simulator has changed. It never polls.
package watch
