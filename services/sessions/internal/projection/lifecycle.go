package projection

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// States of a session, and of its thread on a platform.
const (
	statusActive = "active"
	statusClosed = "closed"
)

// placeKeys are what the gateway learns from a request's headers. A request that comes without them does not unlearn them.
var placeKeys = map[string]bool{"ip": true, "country": true, "city": true}

// lifecycle applies session.*.
func (s *session) lifecycle(ev bus.Event, data *eventv1.Session) {
	given, present := data.GetSession(), s.record.Session
	switch ev.Type {
	case bus.SessionStarted:
		s.started(ev, data)
	case bus.SessionUpdated:
		before := copyOf(present)
		s.visitor(given)
		present.Metadata = merge(present.Metadata, given.GetMetadata(), overwrite)
		Identify(present, given)
		s.phone(given)
		s.identified(ev, before)
		s.acted(ev)
	case bus.SessionLeft:
		present.Metadata = merge(present.Metadata, given.GetMetadata(), overwrite)
		s.left(ev, data)
	case bus.SessionClosed:
		s.close(ev, data)
		s.turned(data)
		s.acted(ev)
	case bus.SessionReopened:
		s.reopen(ev)
		s.turned(data)
		s.acted(ev)
	}
}

// turned notes that somebody closed or opened the thread itself: what is known of its state is not what was asked for last.
func (s *session) turned(data *eventv1.Session) {
	if at := s.record.Platforms[data.GetPlatform()]; at != nil && data.GetThreadStatus() != "" {
		at.ThreadStatus = data.GetThreadStatus()
	}
}

// started fills what is not known yet. Events that came before it, and a session that is closed already, keep what they say.
func (s *session) started(ev bus.Event, data *eventv1.Session) {
	given, present := data.GetSession(), s.record.Session
	s.visitor(given)
	if present.ExternalId == "" {
		present.ExternalId = given.GetExternalId()
	}
	at := stamp(data.GetAt(), ev)
	if given.GetCreatedAt() != nil {
		at = stamp(given.GetCreatedAt(), ev)
	}
	if at.AsTime().Before(present.CreatedAt.AsTime()) || s.record.Seq == 0 {
		present.CreatedAt = at
	}
	present.Metadata = merge(present.Metadata, given.GetMetadata(), fill)
	identify(present, given, fill)
	s.phone(given)
	s.acted(ev)
}

// phone takes the number that the visitor gave in the form.
func (s *session) phone(given *bellhopv1.Session) {
	if given.GetUserPhone() != "" {
		s.record.Session.UserPhone, s.record.Session.UserPhoneCountry = given.UserPhone, given.UserPhoneCountry
	}
}

func (s *session) visitor(given *bellhopv1.Session) {
	if s.record.Session.VisitorId == "" {
		s.record.Session.VisitorId = given.GetVisitorId()
	}
}

// close keeps who closed a session first and when; the sequence moves, so that a platform that failed to follow tries again.
func (s *session) close(ev bus.Event, data *eventv1.Session) {
	s.record.StatusSeq = ev.Seq
	if s.record.Session.Status == statusClosed {
		return
	}
	s.record.Session.Status = statusClosed
	s.record.Session.ClosedAt = stamp(data.GetAt(), ev)
	s.record.ClosedBy = data.GetBy()
}

func (s *session) reopen(ev bus.Event) {
	s.record.StatusSeq = ev.Seq
	s.record.Session.Status = statusActive
	s.record.Session.ClosedAt = nil
	s.record.ClosedBy = ""
}

// merging says which side of a merge wins.
type merging bool

const (
	// overwrite: what is given replaces what is present, key by key.
	overwrite merging = true
	// fill: what is given is taken where nothing is present.
	fill merging = false
)

// merge puts given into present, key by key.
func merge(present, given *structpb.Struct, how merging) *structpb.Struct {
	if len(given.GetFields()) == 0 {
		return present
	}
	if present == nil {
		present = &structpb.Struct{}
	}
	if present.Fields == nil {
		present.Fields = make(map[string]*structpb.Value, len(given.Fields))
	}
	for key, value := range given.Fields {
		if _, known := present.Fields[key]; known && (how == fill || placeKeys[key] && blank(value)) {
			continue
		}
		present.Fields[key] = proto.Clone(value).(*structpb.Value)
	}
	return present
}

// blank tells a value that says nothing: absent, null or the empty string.
func blank(value *structpb.Value) bool {
	switch kind := value.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return true
	case *structpb.Value_StringValue:
		return kind.StringValue == ""
	default:
		return false
	}
}
