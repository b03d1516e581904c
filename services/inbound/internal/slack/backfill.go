package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

const (
	// watchEvery is how often it is noted that somebody is listening.
	watchEvery = 30 * time.Second
	// absence is how long nobody may have listened without anything being lost: Slack tries again after a moment, a minute, and five.
	// https://docs.slack.dev/apis/events-api#retries
	absence = 5 * time.Minute
	// overlap is read again before an absence: notes are made now and then, and clocks differ.
	overlap = 2 * time.Minute
	// readPause is between two threads that are read: Slack allows 50 a minute, of which the notifier needs some.
	readPause = 3 * time.Second
	// maxThreads and maxAge bound what is read: the conversations in which somebody may have answered.
	maxThreads = 500
	maxAge     = 30 * 24 * time.Hour
	listPage   = 100
)

// watch notes that somebody is listening, until ctx ends. When nobody was for longer than Slack is patient, it first reads in the threads
// what was written meanwhile.
func (b *Bot) watch(ctx context.Context) error {
	for {
		if b.listening() {
			if err := b.catchUp(ctx); err != nil && ctx.Err() == nil {
				b.log.Warn("it is not known yet whether something was missed", zap.Error(err))
			}
		}
		if !sleep(ctx, b.every) {
			return nil
		}
	}
}

// listening tells whether Slack could hand something over.
func (b *Bot) listening() bool {
	return b.public && b.cfg.Signed() || b.sockets.Load() > 0
}

// catchUp compares with the note, and renews it.
func (b *Bot) catchUp(ctx context.Context) error {
	notes, key := b.opts.Desk.Bus.Notebook(), "inbound/"+platform+"/"+b.cfg.Account()
	now := time.Now()
	value := []byte(strconv.FormatInt(now.UnixMilli(), 10))
	note, err := notes.Get(ctx, key)
	if errors.Is(err, bus.ErrNoNote) {
		_, err = notes.Create(ctx, key, value)
		return err
	}
	if err != nil {
		return err
	}
	millis, err := strconv.ParseInt(string(note.Value), 10, 64)
	if err != nil {
		millis = now.UnixMilli() // nobody knows; begin anew
	}
	if since := time.UnixMilli(millis); now.Sub(since) > absence {
		if err := b.backfill(ctx, since.Add(-overlap)); err != nil {
			return err
		}
	}
	_, err = notes.Update(ctx, key, value, note.Revision)
	return err
}

// backfill reads what was written since then in the threads of conversations.
func (b *Bot) backfill(ctx context.Context, since time.Time) error {
	me, err := b.identity(ctx)
	if err != nil {
		return err
	}
	b.log.Info("nobody was listening for a while: threads are read", zap.Time("since", since))
	read, token := 0, ""
	for {
		page, err := b.opts.Desk.Sessions.List(ctx, &sessionsv1.ListRequest{Project: string(b.opts.Project), Limit: listPage, PageToken: token})
		if err != nil {
			return fmt.Errorf("list sessions: %w", err)
		}
		for _, record := range page.GetRecords() {
			at := record.GetPlatforms()[platform]
			switch {
			case read >= maxThreads, time.Since(record.GetSession().GetLastActivity().AsTime()) > maxAge:
				return nil
			case at.GetChat() != b.cfg.Channel || at.GetThread() == "":
				continue
			}
			read++
			if err := b.readThread(ctx, at.GetThread(), since, me); err != nil {
				return err
			}
		}
		if token = page.GetPageToken(); token == "" {
			return nil
		}
	}
}

// readThread hands in what was written in a thread. A thread that can't be read is left out.
func (b *Bot) readThread(ctx context.Context, thread string, since time.Time, me slack.Identity) error {
	place, cursor := slack.Place{Channel: b.cfg.Channel, Thread: thread}, ""
	for {
		page, err := b.client.Replies(ctx, place, fmt.Sprintf("%d.000000", since.Unix()), cursor)
		switch slack.KindOf(err) {
		case slack.KindNone:
		case slack.KindThreadGone:
			return nil
		case slack.KindRateLimited:
			if !sleep(ctx, pause(err, b.readPause)) {
				return ctx.Err()
			}
			continue
		default:
			return err
		}
		for _, m := range page.Messages {
			if err := b.written(ctx, m, since, me); err != nil {
				return err
			}
		}
		if !sleep(ctx, b.readPause) {
			return ctx.Err()
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// written hands in a message that was found, in its turn.
func (b *Bot) written(ctx context.Context, m slack.Message, since time.Time, me slack.Identity) error {
	in := b.said(m, me)
	if in.why != "" || m.Subtype != "" && m.Subtype != slack.SubtypeFileShare && m.Subtype != slack.SubtypeBroadcast && m.Subtype != slack.SubtypeMe {
		return nil
	}
	done := make(chan error, 1)
	b.receiveThen(ctx, arrival{lane: b.cfg.Channel + "/" + m.ThreadTS, do: func(ctx context.Context) error {
		return b.missed(ctx, in, m, since, me)
	}}, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// missed hands in a message unless it is known, or an edit if it shows something else since. Commands are left alone: some were run when
// they were typed, and nobody expects the others any more.
func (b *Bot) missed(ctx context.Context, in intent, m slack.Message, since time.Time, me slack.Identity) error {
	c, err := b.opts.Desk.Find(ctx, receive.Thread{Project: b.opts.Project, Platform: platform, Chat: b.cfg.Channel, Thread: m.ThreadTS})
	if errors.Is(err, receive.ErrNobodys) {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := b.opts.Desk.Shown(ctx, c, m.TS)
	if err != nil {
		return err
	}
	in.gesture.EventID, in.gesture.Bot = b.eventID(m.Channel+":"+m.TS), me.User
	if known != nil {
		if m.EditedTS == "" || m.EditedTS < fmt.Sprintf("%d.000000", since.Unix()) {
			return nil
		}
		in.gesture.Kind, in.files = office.Edited, nil
		in.gesture.EventID += ":" + m.EditedTS
	}
	in.gesture = b.complete(ctx, in, me)
	if known == nil && command.Parse(in.gesture.Content, me.User).Kind != command.Message {
		return nil
	}
	return b.hand(ctx, in)
}
