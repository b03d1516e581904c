package bench

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux that Go runs on.
const ticks = 100

// usage is processor time by process.
type usage map[string]time.Duration

func (u usage) sum() (sum time.Duration) {
	for _, used := range u {
		sum += used
	}
	return sum
}

// since is what was used after an earlier look.
func (u usage) since(before usage) usage {
	spent := usage{}
	for name, used := range u {
		spent[name] = used - before[name]
	}
	return spent
}

// per100k tells each process's share of the cost of so many messages, the dearest first.
func (u usage) per100k(messages int) string {
	return u.shares(func(d time.Duration) float64 { return d.Seconds() * 100_000 / float64(messages) })
}

// perMessage tells what one of so many messages costs, in all and in each kind of process, the dearest first.
func (u usage) perMessage(messages int) string {
	each := func(d time.Duration) float64 { return 1000 * d.Seconds() / float64(messages) }
	return fmt.Sprintf("%.2f ms, %s", each(u.sum()), u.shares(each))
}

func (u usage) shares(of func(time.Duration) float64) string {
	var parts []string
	for _, name := range slices.SortedFunc(maps.Keys(u), func(a, b string) int { return int(u[b] - u[a]) }) {
		parts = append(parts, fmt.Sprintf("%s %.2f", name, of(u[name])))
	}
	return strings.Join(parts, ", ")
}

// byService joins the processes of a kind.
func (u usage) byService() usage {
	joined := usage{}
	for name, used := range u {
		joined[kind(name)] += used
	}
	return joined
}

// cpu is the processor time that every process of a site has used so far.
func cpu(site *cluster.Site) (usage, error) {
	used := usage{}
	for _, name := range site.Everything {
		raw, err := os.ReadFile("/proc/" + strconv.Itoa(site.PID(name)) + "/stat")
		if err != nil {
			return nil, fmt.Errorf("processor time of %s: %w", name, err)
		}
		// The second field is the program's name in parentheses and may hold anything; utime and stime are the 14th and 15th.
		fields := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
		for _, field := range fields[11:13] {
			n, err := strconv.Atoi(string(field))
			if err != nil {
				return nil, fmt.Errorf("processor time of %s: %w", name, err)
			}
			used[name] += time.Duration(n) * time.Second / ticks
		}
	}
	return used, nil
}

const (
	// quietFor is how long a site must have used next to nothing to count as quiet, quietShare how much that is.
	quietFor   = 300 * time.Millisecond
	quietShare = 30 * time.Millisecond
	// quietWait bounds the wait.
	quietWait = 20 * time.Second
)

// quiet waits until a site has worked off everything, and answers the processor time that its processes have used by then.
func quiet(s *site) (usage, error) {
	deadline := time.Now().Add(quietWait)
	before, err := cpu(s.Site)
	for err == nil {
		time.Sleep(quietFor)
		var now usage
		if now, err = cpu(s.Site); err == nil && (now.since(before).sum() <= quietShare || time.Now().After(deadline)) {
			return now, nil
		}
		before = now
	}
	return nil, err
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
