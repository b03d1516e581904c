package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux that Go runs on.
const ticks = 100

// cpu is the processor time that processes have used so far.
func cpu(site *cluster.Site, names []string) (time.Duration, error) {
	var sum time.Duration
	for _, name := range names {
		raw, err := os.ReadFile("/proc/" + strconv.Itoa(site.PID(name)) + "/stat")
		if err != nil {
			return 0, fmt.Errorf("processor time of %s: %w", name, err)
		}
		// The second field is the program's name in parentheses and may hold anything; utime and stime are the 14th and 15th.
		fields := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
		for _, field := range fields[11:13] {
			n, err := strconv.Atoi(string(field))
			if err != nil {
				return 0, fmt.Errorf("processor time of %s: %w", name, err)
			}
			sum += time.Duration(n) * time.Second / ticks
		}
	}
	return sum, nil
}

const (
	// quietFor is how long a site must have used next to nothing to count as quiet, quietShare how much that is.
	quietFor   = 300 * time.Millisecond
	quietShare = 30 * time.Millisecond
	// quietWait bounds the wait.
	quietWait = 20 * time.Second
)

// quiet waits until a site has worked off everything, and answers the processor time that its processes have used by then.
func quiet(s *site) (time.Duration, error) {
	deadline := time.Now().Add(quietWait)
	before, err := cpu(s.Site, s.Everything)
	for err == nil {
		time.Sleep(quietFor)
		var now time.Duration
		if now, err = cpu(s.Site, s.Everything); err == nil && (now-before <= quietShare || time.Now().After(deadline)) {
			return now, nil
		}
		before = now
	}
	return 0, err
}

// resident is a process's resident memory in bytes.
func resident(pid int) (int64, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, fmt.Errorf("memory: %w", err)
	}
	fields := bytes.Fields(raw)
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("memory: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}
