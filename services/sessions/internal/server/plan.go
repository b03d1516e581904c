package server

import (
	"cmp"
	"slices"
	"time"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// plan decides what has to be done on one platform for one session, from records alone.
type plan struct {
	record   *sessionsv1.SessionRecord
	platform string
	// through: what events up to here ask for is done, given up or not wanted. It is never asked for again.
	through uint64
	// since: older messages are not posted.
	since time.Time
}

func planFor(record *sessionsv1.SessionRecord, req *sessionsv1.PendingRequest) plan {
	return plan{
		record: record, platform: req.GetPlatform(), since: req.GetSince().AsTime(),
		through: record.GetPlatforms()[req.GetPlatform()].GetThrough(),
	}
}

// message is what has to be done about a message; nil for nothing.
func (p plan) message(m *sessionsv1.MessageRecord) *sessionsv1.Delivery {
	present := m.GetCopies()[p.platform]
	live := liveCopy(m, p.platform)
	deleted, own := m.Message.DeletedAt != nil, m.Platform == p.platform
	d := &sessionsv1.Delivery{Message: m, Seq: m.ContentSeq}
	switch {
	case live == nil:
		again := m.GetRequested()[p.platform]
		if deleted || own || again == 0 && (present != nil || m.Message.Timestamp.AsTime().Before(p.since)) {
			return nil
		}
		d.Kind, d.Seq = sessionsv1.Delivery_KIND_POST, max(m.CreatedSeq, again)
	case live.Version >= m.ContentSeq:
		return nil
	case deleted:
		d.Kind = sessionsv1.Delivery_KIND_DELETE
	case own:
		return nil // whoever wrote it there edited it there
	default:
		d.Kind = sessionsv1.Delivery_KIND_EDIT
	}
	return p.wanted(d)
}

// thread is what has to be done about the thread; nil for nothing.
func (p plan) thread() *sessionsv1.Delivery {
	state := p.record.GetPlatforms()[p.platform]
	closed := p.record.GetSession().GetStatus() == "closed"
	if state.GetThread() == "" || closed == (state.GetThreadStatus() == "closed") {
		return nil
	}
	d := &sessionsv1.Delivery{Seq: p.record.StatusSeq, Kind: sessionsv1.Delivery_KIND_REOPEN}
	if closed {
		d.Kind = sessionsv1.Delivery_KIND_CLOSE
	}
	return p.wanted(d)
}

// notices are what the team is shown besides messages. They open no thread: without one they wait for the first message.
func (p plan) notices() []*sessionsv1.Delivery {
	var all []*sessionsv1.Delivery
	for _, n := range p.record.GetNotices() {
		d := p.wanted(&sessionsv1.Delivery{Seq: n.Seq, Kind: sessionsv1.Delivery_KIND_NOTICE, Notice: n})
		if d != nil && !n.At.AsTime().Before(p.since) {
			all = append(all, d)
		}
	}
	return all
}

// wanted leaves out what is settled, and what is newer than the record: messages are read after it, and what belongs to a
// newer message, such as its reopening of the thread, is not in sight yet. Its own event asks again.
func (p plan) wanted(d *sessionsv1.Delivery) *sessionsv1.Delivery {
	if d.Seq <= p.through || d.Seq > p.record.Seq {
		return nil
	}
	return d
}

// order puts everything into the order of sending. A thread is opened again before the message that asked for it.
func (p plan) order(byMessage map[string]*sessionsv1.Delivery) []*sessionsv1.Delivery {
	all := make([]*sessionsv1.Delivery, 0, len(byMessage)+1)
	if d := p.thread(); d != nil {
		all = append(all, d)
	}
	posts := false
	for _, d := range byMessage {
		all = append(all, d)
		posts = posts || d.Kind == sessionsv1.Delivery_KIND_POST
	}
	if posts || p.record.GetPlatforms()[p.platform].GetThread() != "" {
		all = append(all, p.notices()...)
	}
	slices.SortFunc(all, func(a, b *sessionsv1.Delivery) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), -cmp.Compare(a.Kind, b.Kind))
	})
	return all
}

// liveCopy is where a message stands on a platform, nil for nowhere.
func liveCopy(m *sessionsv1.MessageRecord, platform string) *eventv1.Copy {
	if c := m.GetCopies()[platform]; c != nil && !c.Deleted {
		return c
	}
	return nil
}

// joined lists the messages whose shared post a delivery changes.
func joined(d *sessionsv1.Delivery, platform string) []string {
	if d.GetKind() != sessionsv1.Delivery_KIND_EDIT && d.GetKind() != sessionsv1.Delivery_KIND_DELETE {
		return nil
	}
	return liveCopy(d.Message, platform).GetJoined()
}

func byCreation(a, b *sessionsv1.MessageRecord) int { return cmp.Compare(a.CreatedSeq, b.CreatedSeq) }
