// Package metric registers metrics so that whatever is started again in one process finds those of before. It refuses to know
// what is counted.
package metric
