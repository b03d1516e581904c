// Package quota does the accounting of rate limits on a simulator's clock: sliding windows, token buckets, and whether a
// client keeps to a retry-after that it was told. It refuses nothing by itself and knows no platform's numbers. Its types are
// guarded by their owner's lock.
package quota
