package slack

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// skew is how far Slack's clock may be from ours: what it signed outside of that is refused anyway.
	skew = 5 * time.Minute
	// overdue is how old a message is that somebody may have tried to post before us: a notifier that was killed, whose lease
	// takes seconds to end. Otherwise it is posted within milliseconds.
	overdue = time.Second
	// remembered bounds what is kept in mind.
	remembered = 10_000
)

// doubts are the posts that may stand already. Slack has no way to post only once, so they are looked for first.
type doubts struct {
	now func() time.Time
	// precaution and checks are what of Slack's 50 readings of threads a minute may be spent where there is only a suspicion, and on
	// looking whether a thread is there that was there before.
	precaution, checks *rate.Limiter

	mu sync.Mutex
	// unknown are posts without an answer, and how old what they show is.
	unknown map[string]time.Time
	// uploads are the files whose sharing had no answer.
	uploads map[string]string
	// rooted are threads whose first message is known to stand.
	rooted map[string]bool
	// touched is what this process has last posted to a thread.
	touched map[string]touch
}

type touch struct {
	at time.Time
	ts string
}

func newDoubts() *doubts {
	return &doubts{
		now: time.Now, precaution: rate.NewLimiter(rate.Every(6*time.Second), 5), checks: rate.NewLimiter(rate.Every(3*time.Second), 5),
		unknown: map[string]time.Time{}, uploads: map[string]string{}, rooted: map[string]bool{}, touched: map[string]touch{},
	}
}

// suspicion is how sure it is that a post was tried before.
type suspicion int

const (
	// none: it can't have been.
	none suspicion = iota
	// possible: it is old, and this process was not there when it was new.
	possible
	// certain: it was, by this process, and nobody knows what became of it.
	certain
)

// about tells how likely it is that a post, of what was written at since, stands in a thread already, and after which message
// (a TS) it would. A thread's first message is its own thread here, and was posted by us or wasn't.
func (d *doubts) about(post, thread string, since time.Time) (how suspicion, after string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, touched := d.touched[thread]
	tried, doubtful := d.unknown[post]
	switch {
	case doubtful:
		return certain, max(before(tried), last.ts) // of one length each, until the year 2286
	case d.now().Sub(since) < overdue, touched && (post == thread || last.at.After(since)), !d.precaution.Allow():
		return none, ""
	}
	return possible, before(since)
}

// arise remembers a post without an answer.
func (d *doubts) arise(post string, since time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.unknown[post]; !known {
		forget(d.unknown)
		d.unknown[post] = since
	}
}

// refuse forgets it: Slack has not done it.
func (d *doubts) refuse(post string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.unknown, post)
}

// settle forgets it: it stands as ts.
func (d *doubts) settle(post, thread, ts string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.unknown, post)
	forget(d.touched)
	d.touched[thread] = touch{d.now(), ts}
}

// root remembers that a thread is there.
func (d *doubts) root(thread string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	forget(d.rooted)
	d.rooted[thread] = true
}

// unroot forgets it.
func (d *doubts) unroot(thread string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.rooted, thread)
}

func (d *doubts) isRooted(thread string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rooted[thread]
}

// upload remembers a file that may have been shared.
func (d *doubts) upload(post, fileID string) {
	if fileID == "" {
		return // it was not
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	forget(d.uploads)
	d.uploads[post] = fileID
}

// uploaded is the file that upload remembered, once.
func (d *doubts) uploaded(post string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	fileID := d.uploads[post]
	delete(d.uploads, post)
	return fileID
}

// forget makes room, whichever goes.
func forget[V any](m map[string]V) {
	for key := range m {
		if len(m) < remembered {
			return
		}
		delete(m, key)
	}
}

// before is a time as Slack writes the time of a message, for a search that must find everything since then.
func before(t time.Time) string {
	t = t.Add(-skew)
	return fmt.Sprintf("%d.%06d", max(t.Unix(), 0), t.Nanosecond()/1000)
}
