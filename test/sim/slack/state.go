package slack

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// State reads the simulator. Each of its methods sees one consistent moment; two calls may see two.
type State struct{ s *Server }

func (s *Server) state() State { return State{s: s} }

// State returns a view of the simulator as it is whenever a method of the view is called.
func (s *Server) State() State { return s.state() }

// WaitFor returns nil as soon as condition holds. It looks again after each change of state, request and delivery. If ctx
// ends first it returns ctx's error. The condition may call anything of State, and of the server what only reads.
func (s *Server) WaitFor(ctx context.Context, condition func(State) bool) error {
	return s.watch.Wait(ctx, s.ctx.Done(), func() bool { return condition(s.state()) })
}

// Now is the simulator's time.
func (s *Server) Now() time.Time { return s.clock.Now() }

func read[T any](v State, look func(ch *channel) T) T {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	return look(v.s.home())
}

// Channel is the app's channel.
func (v State) Channel() Channel { return read(v, func(ch *channel) Channel { return ch.Channel }) }

// Users are the members of the workspace and the bots, in the order of joining.
func (v State) Users() []User {
	return read(v, func(*channel) []User {
		var out []User
		for _, id := range v.s.world.UserOrder {
			out = append(out, *v.s.world.Users[id])
		}
		return out
	})
}

// Threads are the messages that stand in the channel itself, each with its replies, oldest first, and threads whose root is
// gone. Service and ephemeral messages are left out, deleted ones are not.
func (v State) Threads() []Thread {
	return read(v, func(ch *channel) []Thread {
		out := make([]Thread, 0, len(ch.Timeline))
		for _, ts := range ch.Timeline {
			if m := ch.Messages[ts]; m.ThreadTS == "" && m.Ephemeral == "" && !m.service() {
				out = append(out, v.s.threadView(ch, ts))
			}
		}
		for ts, t := range ch.Threads {
			if len(t.Replies) > 0 && ch.Messages[ts] == nil {
				out = append(out, v.s.threadView(ch, ts))
			}
		}
		slices.SortStableFunc(out, func(a, b Thread) int { return cmp.Compare(a.TS, b.TS) })
		return out
	})
}

// Thread is the thread with that root; the zero Thread if there is none.
func (v State) Thread(ts string) Thread {
	return read(v, func(ch *channel) Thread {
		if t := ch.Threads[ts]; ch.Messages[ts] != nil || t != nil && len(t.Replies) > 0 {
			return v.s.threadView(ch, ts)
		}
		return Thread{}
	})
}

// threadView copies a thread. The caller holds mu.
func (s *Server) threadView(ch *channel, ts string) Thread {
	out := Thread{TS: ts, ChannelID: ch.ID, server: s}
	root := ch.Messages[ts]
	if root != nil {
		out.Root = *root
	}
	if t := ch.Threads[ts]; t != nil {
		out.Replies, out.Locked, out.Status = len(t.Replies), t.Locked, t.status(s.clock.Now())
	}
	out.Orphan = out.Replies > 0 && (root == nil || root.Deleted && !root.Tombstone)
	return out
}

// Messages are a thread's messages, its root first; "" is what stands in the channel itself, broadcasts, service and ephemeral
// messages included. Deleted ones are there as well.
func (v State) Messages(threadTS string) []Message { return v.messages(v.s.ChannelID(), threadTS) }

// Message is the message with that ts, deleted ones included; the zero Message if there is none.
func (v State) Message(ts string) Message {
	return read(v, func(ch *channel) Message {
		if m := ch.Messages[ts]; m != nil {
			return *m
		}
		return Message{}
	})
}

func (v State) messages(channelID, threadTS string) []Message {
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	ch := v.s.world.Channels[channelID]
	if ch == nil {
		return nil
	}
	all := ch.Timeline
	if threadTS != "" {
		all = nil
		if ch.Messages[threadTS] != nil {
			all = append(all, threadTS)
		}
		if t := ch.Threads[threadTS]; t != nil {
			all = append(all, t.Replies...)
		}
	}
	out := make([]Message, 0, len(all))
	for _, ts := range all {
		out = append(out, *ch.Messages[ts])
	}
	return out
}
