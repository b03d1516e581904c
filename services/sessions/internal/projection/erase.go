package projection

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// How far a part of an erasure is.
const (
	erasurePending = "pending"
	erasureDone    = "done"
	erasureRefused = "refused"
)

// erasureData is the part that is Bellhop's own: stream, store, files and dead letters.
const erasureData = "data"

// erase leaves nothing of a session but what its erasing needs: where its copies stand, and which files are its. Nothing that
// somebody wrote is in that.
func (s *session) erase(ev bus.Event, data *eventv1.Session) {
	e := &sessionsv1.Erasure{
		By: data.GetBy(), Reason: data.GetReason(), At: stamp(data.GetAt(), ev), Seq: ev.Seq, VisitorId: s.record.Session.VisitorId,
		Identity: store.Verified(s.record.Session),
		Parts:    map[string]*sessionsv1.ErasedPart{erasureData: {State: erasurePending}},
	}
	before := s.record
	s.record = &sessionsv1.SessionRecord{
		Project: string(s.key.Project), Erasure: e, Session: &bellhopv1.Session{Id: string(s.key.Session)},
	}
	s.askedBy(data)
	for platform, state := range before.Platforms {
		s.remains(&bellhopv1.PlatformMessage{Platform: platform, Chat: state.Chat, Thread: state.Thread})
	}
	// In the order of the conversation: the record is the same whoever folds it.
	for _, m := range slices.SortedFunc(maps.Values(s.messages), func(a, b *sessionsv1.MessageRecord) int {
		return cmp.Or(cmp.Compare(a.CreatedSeq, b.CreatedSeq), cmp.Compare(a.Message.Id, b.Message.Id))
	}) {
		s.remainsOf(m)
	}
	for _, n := range before.Notices {
		s.owns(n.Attachments)
	}
	slices.Sort(e.Files)
	s.messages, s.changed, s.order, s.wiped = map[string]*sessionsv1.MessageRecord{}, map[string]bool{}, nil, true
}

// askedBy remembers by which id somebody may ask for the erasure.
func (s *session) askedBy(data *eventv1.Session) {
	if asked := data.GetErasure(); asked != "" && !slices.Contains(s.record.Erasure.Ids, asked) {
		s.record.Erasure.Ids = append(s.record.Erasure.Ids, asked)
	}
}

func (s *session) remainsOf(m *sessionsv1.MessageRecord) {
	s.owns(m.Message.Attachments)
	for platform, c := range m.Copies {
		if !c.Deleted {
			s.remains(&bellhopv1.PlatformMessage{Platform: platform, Chat: c.GetAt().GetChat(), Thread: c.GetAt().GetThread(), Ids: c.GetAt().GetIds()})
		}
	}
}

func (s *session) owns(files []*bellhopv1.Attachment) {
	for _, a := range files {
		if !slices.Contains(s.record.Erasure.Files, a.Id) {
			s.record.Erasure.Files = append(s.record.Erasure.Files, a.Id)
		}
	}
}

// remains notes that something stands on a platform; that part of the erasure is pending then.
func (s *session) remains(at *bellhopv1.PlatformMessage) {
	if at.GetPlatform() == "" || at.GetThread() == "" && len(at.GetIds()) == 0 {
		return
	}
	part := s.part(at.Platform)
	if part.State != erasurePending {
		part.State, part.Why, s.record.Erasure.EndedAt = erasurePending, "", nil
	}
	for _, there := range part.Remains {
		if there.Chat == at.Chat && there.Thread == at.Thread {
			for _, id := range at.Ids {
				if !slices.Contains(there.Ids, id) {
					there.Ids = append(there.Ids, id)
				}
			}
			return
		}
	}
	part.Remains = append(part.Remains, copyOf(at))
}

func (s *session) part(name string) *sessionsv1.ErasedPart {
	e := s.record.Erasure
	if e.Parts[name] == nil {
		e.Parts[name] = &sessionsv1.ErasedPart{State: erasurePending}
	}
	return e.Parts[name]
}

// afterErasure applies what comes after a session was erased. What is said in it is not kept; where it stands is, so that it goes
// too.
func (s *session) afterErasure(ev bus.Event) {
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		if ev.Type == bus.SessionErased {
			s.askedBy(data)
			return
		}
	case *eventv1.Erasure:
		if ev.Type == bus.ErasurePlanned {
			s.planned(ev, data)
		} else {
			s.reported(ev, data)
		}
		return
	case *eventv1.ThreadOpened:
		s.remains(&bellhopv1.PlatformMessage{Platform: data.GetPlatform(), Chat: data.GetChat(), Thread: data.GetThread()})
	case *eventv1.MessageDelivered:
		for _, c := range data.GetCopies() {
			at := c.GetAt()
			s.remains(&bellhopv1.PlatformMessage{Platform: data.GetPlatform(), Chat: at.GetChat(), Thread: at.GetThread(), Ids: at.GetIds()})
		}
	case *eventv1.MessageCreated:
		s.owns(data.GetMessage().GetAttachments())
		at := data.GetOrigin()
		s.remains(&bellhopv1.PlatformMessage{Platform: data.GetPlatform(), Chat: at.GetChat(), Thread: at.GetThread(), Ids: at.GetIds()})
	case *eventv1.AttachmentStored:
		s.owns([]*bellhopv1.Attachment{data.GetAttachment()})
	}
	s.late(ev)
}

// late has the stream swept once more.
func (s *session) late(ev bus.Event) {
	e := s.record.Erasure
	e.LateSeq, e.EndedAt = ev.Seq, nil
	s.part(erasureData).State = erasurePending
}

// planned takes over what the plan says: after a rebuild it is all that tells of what stood where.
func (s *session) planned(ev bus.Event, data *eventv1.Erasure) {
	e := s.record.Erasure
	if data.GetThrough() > 0 {
		e.PlannedSeq = max(e.PlannedSeq, ev.Seq)
	}
	for _, at := range data.GetRemains() {
		if part := e.Parts[at.GetPlatform()]; part == nil || part.State == erasurePending {
			s.remains(at)
		}
	}
	for _, file := range data.GetFiles() {
		if !slices.Contains(e.Files, file) {
			e.Files = append(e.Files, file)
		}
	}
}

// reported notes what became of a part. The erasure has ended when none is pending.
func (s *session) reported(ev bus.Event, data *eventv1.Erasure) {
	state := data.GetState()
	e := s.record.Erasure
	if data.GetPart() == "" || state != erasureDone && state != erasureRefused {
		return
	}
	if data.GetPart() == erasureData && data.GetThrough() < e.LateSeq {
		return // something has come since
	}
	part := s.part(data.GetPart())
	if part.State == erasurePending && data.GetPart() != erasureData && e.LateSeq > e.PlannedSeq {
		s.part(erasureData).State = erasurePending // what told where copies stand is needed no longer
	}
	part.State, part.Remains, part.Why, part.At = state, nil, data.GetWhy(), stamp(data.GetAt(), ev)
	part.Removed, part.Left = part.Removed+data.GetRemoved(), data.GetLeft()
	for _, p := range e.Parts {
		if p.State == erasurePending {
			return
		}
	}
	e.EndedAt, e.Files, e.VisitorId, e.Identity = stamp(nil, ev), nil, "", ""
}
