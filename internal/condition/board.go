package condition

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// writeTimeout bounds one writing.
	writeTimeout = 5 * time.Second
	// again is the pause before what could not be written is tried again.
	again = 2 * time.Second
)

// Board tells conditions of one part. Tell never waits: Run does the writing.
type Board struct {
	notes *bus.Notebook
	part  string
	// project is empty for the default one, whose notes are as they were when there was no other.
	project id.Project
	log     *zap.Logger

	mu sync.Mutex
	// due is what is to be written, by platform; told is what was told last.
	due, told map[string]Condition
	wake      chan struct{}
}

// NewBoard makes a board.
func NewBoard(notes *bus.Notebook, part string, log *zap.Logger) *Board {
	return &Board{notes: notes, part: part, log: log, due: map[string]Condition{}, told: map[string]Condition{}, wake: make(chan struct{}, 1)}
}

// For makes a board one of a project. It belongs before the first Tell.
func (b *Board) For(p id.Project) *Board {
	if p != id.Default {
		b.project = p
	}
	return b
}

// Tell says what is wrong with a platform, or with "" that nothing is. Told again, it is not written again.
func (b *Board) Tell(platform, problem string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last, known := b.told[platform]; known && last.Problem == problem {
		return
	}
	c := Condition{Platform: platform, Part: b.part, Project: b.project, Problem: problem, Since: time.Now().UTC().Truncate(time.Millisecond)}
	b.told[platform], b.due[platform] = c, c
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run writes what is told until ctx ends, and then what is left, once.
func (b *Board) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			b.write(context.WithoutCancel(ctx))
			return nil
		case <-b.wake:
		}
		for !b.write(ctx) && ctx.Err() == nil {
			pause := time.NewTimer(again)
			select {
			case <-pause.C:
			case <-ctx.Done():
				pause.Stop()
			}
		}
	}
}

// write writes what is due, and tells whether nothing is left.
func (b *Board) write(ctx context.Context) bool {
	b.mu.Lock()
	due := b.due
	b.due = map[string]Condition{}
	b.mu.Unlock()
	done := true
	for platform, c := range due {
		ctx, cancel := context.WithTimeout(ctx, writeTimeout)
		err := write(ctx, b.notes, c)
		cancel()
		if err == nil {
			continue
		}
		done = false
		b.log.Warn("condition could not be told", zap.String("platform", platform), zap.Error(err))
		b.mu.Lock()
		if _, newer := b.due[platform]; !newer {
			b.due[platform] = c
		}
		b.mu.Unlock()
	}
	return done
}
