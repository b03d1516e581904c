// Package stage has the three simulated platforms stand where nothing limits a rate, and says by which variables an installation
// finds them: the stage for load and for chaos.
//
// It refuses to know what is played on it: tests of limits and of single platforms have simulators of their own.
package stage
