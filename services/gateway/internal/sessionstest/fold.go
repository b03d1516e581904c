package sessionstest

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// state is what the bus says of one session.
type state struct {
	record   *sessionsv1.SessionRecord
	messages []*sessionsv1.MessageRecord
}

func (s *state) answer() *sessionsv1.SessionRecord {
	if s == nil {
		return nil
	}
	return s.record
}

func (s *Server) fold(ctx context.Context, project, sessionID string) (*state, error) {
	st := &state{record: &sessionsv1.SessionRecord{Project: project}}
	filter := bus.Filter{Project: id.Project(project), Session: id.Session(sessionID)}
	return st, s.bus.Replay(ctx, 0, filter, func(ev bus.Event) error {
		st.apply(ev)
		return nil
	})
}

func (s *state) apply(ev bus.Event) {
	s.record.Seq = ev.Seq
	if s.record.Erasure != nil {
		return
	}
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		s.lifecycle(ev, data)
	case *eventv1.MessageCreated:
		s.messages = append(s.messages, &sessionsv1.MessageRecord{Message: proto.Clone(data.GetMessage()).(*bellhopv1.Message), CreatedSeq: ev.Seq})
		s.change(ev, data.GetMessage().GetId(), func(*bellhopv1.Message) {})
	case *eventv1.MessageEdited:
		s.change(ev, data.GetMessageId(), func(m *bellhopv1.Message) { m.Content, m.EditedAt = data.GetContent(), data.GetEditedAt() })
	case *eventv1.MessageDeleted:
		s.change(ev, data.GetMessageId(), func(m *bellhopv1.Message) {
			m.Content, m.Attachments, m.DeletedAt = "", nil, data.GetDeletedAt()
		})
	case *eventv1.Switch:
		if ev.Type == bus.SessionBlocked {
			s.record.Session.Blocked = data.GetOn()
		}
	case *eventv1.Csat:
		s.rating(ev, data)
	case *eventv1.MessageRead:
		for _, messageID := range data.GetMessageIds() {
			s.change(ev, messageID, func(m *bellhopv1.Message) { m.Status, m.ReadAt = data.GetStatus(), data.GetReadAt() })
		}
	}
}

// rating: the first one counts.
func (s *state) rating(ev bus.Event, data *eventv1.Csat) {
	if s.record.Session.Csat == nil {
		s.record.Session.Csat = &bellhopv1.Csat{}
	}
	csat := s.record.Session.Csat
	switch {
	case csat.Score > 0:
	case ev.Type == bus.CsatRequested:
		csat.Pending, csat.RequestedAt = true, data.GetAt()
	default:
		csat.Pending, csat.Score, csat.Comment, csat.RespondedAt = false, data.GetScore(), data.GetComment(), data.GetAt()
	}
}

func (s *state) lifecycle(ev bus.Event, data *eventv1.Session) {
	switch ev.Type {
	case bus.SessionErased:
		s.record, s.messages = tomb(ev, data), nil
	case bus.SessionStarted:
		if s.record.Session == nil {
			s.record.Session = proto.Clone(data.GetSession()).(*bellhopv1.Session)
		}
	case bus.SessionUpdated:
		if identity := data.GetSession().GetIdentity(); identity != nil {
			s.record.Session.IdentityVerified = s.record.Session.GetIdentityVerified() || data.GetSession().GetIdentityVerified()
			merged := &structpb.Struct{Fields: map[string]*structpb.Value{}}
			maps.Copy(merged.Fields, s.record.Session.GetIdentity().GetFields())
			maps.Copy(merged.Fields, identity.GetFields())
			s.record.Session.Identity = merged
		}
		if phone := data.GetSession().GetUserPhone(); phone != "" {
			s.record.Session.UserPhone, s.record.Session.UserPhoneCountry = phone, data.GetSession().GetUserPhoneCountry()
		}
	case bus.SessionClosed:
		s.record.Session.Status, s.record.StatusSeq = "closed", ev.Seq
	case bus.SessionReopened:
		s.record.Session.Status, s.record.StatusSeq = "active", ev.Seq
	}
}

func (s *state) change(ev bus.Event, messageID string, do func(*bellhopv1.Message)) {
	for _, m := range s.messages {
		if m.GetMessage().GetId() == messageID {
			do(m.GetMessage())
			m.ChangedSeq, m.ChangedAt = ev.Seq, timestamppb.New(ev.Time)
		}
	}
}

func (s *state) newest(n int) []*sessionsv1.MessageRecord {
	return s.messages[max(0, len(s.messages)-n):]
}

func (s *state) page(req *sessionsv1.HistoryRequest) *sessionsv1.HistoryResponse {
	answer := &sessionsv1.HistoryResponse{Seq: s.record.GetSeq()}
	for _, m := range s.messages {
		if wanted(req, m) {
			answer.Messages = append(answer.Messages, m)
		}
	}
	if i := slices.IndexFunc(s.messages, func(m *sessionsv1.MessageRecord) bool { return m.GetMessage().GetId() == req.GetMessageId() }); i >= 0 {
		answer.Messages = s.messages[i+1:]
	}
	if most := int(req.GetLimit()); req.GetOldest() && len(answer.Messages) > most {
		answer.Messages, answer.HasMore = answer.Messages[:most], true
	}
	if n := len(answer.Messages) - int(req.GetLimit()); n > 0 {
		answer.Messages, answer.HasMore = answer.Messages[n:], true
	}
	return answer
}

func wanted(req *sessionsv1.HistoryRequest, m *sessionsv1.MessageRecord) bool {
	switch {
	case len(req.GetIds()) > 0:
		return slices.Contains(req.GetIds(), m.GetMessage().GetId())
	case req.GetChangedSince() != nil:
		return !m.GetChangedAt().AsTime().Before(req.GetChangedSince().AsTime())
	default:
		return true
	}
}

func (s *Server) operators(ctx context.Context, project string) (*sessionsv1.OperatorsResponse, error) {
	answer := new(sessionsv1.OperatorsResponse)
	known := map[string]*sessionsv1.Operator{}
	filter := bus.Filter{Project: id.Project(project), Type: bus.OperatorStatus}
	err := s.bus.Replay(ctx, 0, filter, func(ev bus.Event) error {
		if data, ok := ev.Data.(*eventv1.OperatorStatus); ok {
			known[data.GetOperatorId()] = &sessionsv1.Operator{Id: data.GetOperatorId(), Name: data.GetOperatorName(), Online: data.GetOnline()}
		}
		return nil
	})
	for _, o := range known {
		answer.Operators = append(answer.Operators, o)
		answer.Online = answer.Online || o.GetOnline()
	}
	return answer, err
}
