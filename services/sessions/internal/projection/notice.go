package projection

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// The kinds of notices.
const (
	noticeEvent      = "event"
	noticeIdentity   = "identity"
	noticeLeft       = "left"
	noticeRating     = "csat"
	noticeScreenshot = "screenshot"
)

const (
	// maxNotices is how many notices a session keeps. They are part of its record, which every event of it writes again; a
	// platform that was away for longer than so many is shown the newest.
	maxNotices = 32
	// maxDetail is how much of a notice's detail is kept, in code points.
	maxDetail = 600
)

// notice adds what the team is shown.
func (s *session) notice(ev bus.Event, n *sessionsv1.Notice) {
	n.Seq = ev.Seq
	if n.At == nil {
		n.At = stamp(nil, ev)
	}
	n.Detail = shortened(n.Detail, maxDetail)
	s.record.Notices = append(s.record.Notices, n)
	if over := len(s.record.Notices) - maxNotices; over > 0 {
		s.record.Notices = slices.Delete(s.record.Notices, 0, over)
	}
}

// happened tells of a custom event.
func (s *session) happened(ev bus.Event, data *eventv1.Custom) {
	s.acted(ev)
	s.notice(ev, &sessionsv1.Notice{Kind: noticeEvent, Name: data.GetName(), Detail: compact(data.GetData()), At: stamp(data.GetTimestamp(), ev)})
}

// identified tells who the visitor says to be, if that is news. before is the session as it was.
func (s *session) identified(ev bus.Event, before *bellhopv1.Session) {
	now := s.record.Session
	if proto.Equal(before.GetIdentity(), now.Identity) && before.GetUserPhone() == now.UserPhone && before.GetIdentityVerified() == now.IdentityVerified {
		return
	}
	lines := []string{}
	for _, key := range slices.Sorted(maps.Keys(now.Identity.GetFields())) {
		if value := now.Identity.Fields[key]; !blank(value) && key != "name" {
			lines = append(lines, key+": "+plain(value))
		}
	}
	if now.UserPhone != "" {
		lines = append(lines, "phone: "+now.UserPhone)
	}
	s.notice(ev, &sessionsv1.Notice{
		Kind: noticeIdentity, Name: now.Identity.GetFields()["name"].GetStringValue(), Detail: strings.Join(lines, "\n"),
		Verified: now.IdentityVerified, Id: identityID(now),
	})
}

// left tells that the visitor went away.
func (s *session) left(ev bus.Event, data *eventv1.Session) {
	s.notice(ev, &sessionsv1.Notice{Kind: noticeLeft, Duration: max(0, data.GetDuration()), At: stamp(data.GetAt(), ev)})
}

// rated takes a visitor's rating. The first one counts.
func (s *session) rated(ev bus.Event, data *eventv1.Csat) {
	rating := s.rating()
	if rating.Score != 0 || data.GetScore() < 1 || data.GetScore() > 5 {
		return
	}
	rating.Pending, rating.Score, rating.Comment = false, data.GetScore(), data.GetComment()
	rating.RespondedAt = stamp(data.GetAt(), ev)
	s.acted(ev)
	s.notice(ev, &sessionsv1.Notice{Kind: noticeRating, Score: rating.Score, Detail: rating.Comment, At: copyOf(rating.RespondedAt)})
}

// askedToRate notes that a rating is wanted. One that was given stays.
func (s *session) askedToRate(ev bus.Event, data *eventv1.Csat) {
	if rating := s.rating(); rating.Score == 0 {
		rating.Pending, rating.RequestedAt = true, stamp(data.GetAt(), ev)
	}
}

func (s *session) rating() *bellhopv1.Csat {
	if s.record.Session.Csat == nil {
		s.record.Session.Csat = &bellhopv1.Csat{}
	}
	return s.record.Session.Csat
}

// switched turns something of a session on or off.
func (s *session) switched(ev bus.Event, data *eventv1.Switch) {
	switch ev.Type {
	case bus.SessionBlocked:
		s.record.Session.Blocked = data.GetOn()
	case bus.AISwitched:
		s.record.Session.AiActive = data.GetOn()
	}
}

// stored tells of a file that only the team is shown. Every other file comes with a message.
func (s *session) stored(ev bus.Event, data *eventv1.AttachmentStored) {
	if data.GetRequestId() == "" || !data.GetSilent() {
		return
	}
	s.notice(ev, &sessionsv1.Notice{Kind: noticeScreenshot, Attachments: []*bellhopv1.Attachment{copyOf(data.GetAttachment())}})
}

// requested has a platform try again what it was given up on.
func (s *session) requested(ev bus.Event, data *eventv1.DeliveryRequested) {
	for _, messageID := range data.GetMessageIds() {
		record := s.messages[messageID]
		if record == nil {
			continue
		}
		if record.Requested == nil {
			record.Requested = map[string]uint64{}
		}
		record.Requested[data.GetPlatform()] = ev.Seq
		// It must be found among what changed after all that is settled; what shows the newest text elsewhere still does.
		for _, shown := range record.Copies {
			if shown.Version >= record.ContentSeq {
				shown.Version = ev.Seq
			}
		}
		record.ContentSeq = ev.Seq
		s.write(record)
	}
}

// compact is a value as JSON in one line; "" for none.
func compact(value *structpb.Value) string {
	if blank(value) {
		return ""
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(value.AsInterface()) != nil {
		return "" // an infinity, which no JSON can have held
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// plain is a value as people read it: a text without quotes.
func plain(value *structpb.Value) string {
	if text, ok := value.GetKind().(*structpb.Value_StringValue); ok {
		return text.StringValue
	}
	return compact(value)
}

// shortened is a text of at most so many code points.
func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
