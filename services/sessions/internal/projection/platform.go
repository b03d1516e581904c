package projection

import (
	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// delivered notes what a platform shows now, and ticks the visitor's messages that are new there.
func (s *session) delivered(ev bus.Event, data *eventv1.MessageDelivered) {
	platform := data.GetPlatform()
	if platform == "" {
		return
	}
	for _, given := range data.GetCopies() {
		s.copied(platform, given)
	}
	for _, messageID := range data.GetMessageIds() {
		if record := s.messages[messageID]; record != nil && record.Message.Sender == senderVisitor {
			s.tick(record, statusDelivered, stamp(data.GetDeliveredAt(), ev), ev)
		}
	}
	s.settled(platform, data.GetThrough())
	if status := data.GetThreadStatus(); status == statusActive || status == statusClosed {
		s.platform(platform).ThreadStatus = status
	}
}

// copied keeps the copy that shows the newer content. One that does not say where it stands, stands where it stood.
func (s *session) copied(platform string, given *eventv1.Copy) {
	record := s.messages[given.GetMessageId()]
	if record == nil {
		return
	}
	present := record.Copies[platform]
	if present.GetVersion() > given.GetVersion() {
		return
	}
	given = copyOf(given)
	if given.At == nil {
		given.At = present.GetAt()
	}
	if record.Copies == nil {
		record.Copies = map[string]*eventv1.Copy{}
	}
	record.Copies[platform] = given
	s.write(record)
}

// settled moves what needs no further look on a platform. It never goes back.
func (s *session) settled(platform string, through uint64) {
	if platform == "" {
		return
	}
	state := s.platform(platform)
	state.Through = max(state.Through, through)
}

// threadOpened makes the thread the session's. Copies that stand in an older thread stay noted there, and what was settled
// stays settled: the new thread begins where the old one ended.
func (s *session) threadOpened(ev bus.Event, data *eventv1.ThreadOpened) {
	if data.GetPlatform() == "" {
		return
	}
	state := s.platform(data.GetPlatform())
	if state.Chat == data.GetChat() && state.Thread == data.GetThread() {
		return
	}
	state.Chat, state.Thread = data.GetChat(), data.GetThread()
	state.OpenedAt, state.ThreadStatus = stamp(data.GetOpenedAt(), ev), statusActive
}

func (s *session) platform(name string) *sessionsv1.PlatformState {
	if s.record.Platforms == nil {
		s.record.Platforms = map[string]*sessionsv1.PlatformState{}
	}
	state := s.record.Platforms[name]
	if state == nil {
		state = &sessionsv1.PlatformState{}
		s.record.Platforms[name] = state
	}
	return state
}

// operatorKey names an operator of a project.
type operatorKey struct{ project, id string }

// operatorAPI is whose status it is when the HTTP route names nobody.
const operatorAPI = "api"

// operatorStatus keeps each operator's newest presence of the batch.
func (f *folding) operatorStatus(ev bus.Event, data *eventv1.OperatorStatus) {
	operator := &sessionsv1.Operator{
		Id: data.GetOperatorId(), Name: data.GetOperatorName(), Online: data.GetOnline(), At: stamp(data.GetAt(), ev), Seq: ev.Seq,
	}
	if operator.Id == "" {
		operator.Id = operatorAPI
	}
	change := store.OperatorChange{Project: ev.Project, Operator: operator}
	key := operatorKey{string(ev.Project), operator.Id}
	if at, known := f.operators[key]; known {
		f.presence[at] = change
		return
	}
	f.operators[key] = len(f.presence)
	f.presence = append(f.presence, change)
}
