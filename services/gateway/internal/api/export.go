package api

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
)

// exportTimeout bounds an export: reading a session's events takes up to half a second.
const exportTimeout = 10 * time.Minute

// exportedPage is how many messages are read at once.
const exportedPage = 100

// exportedEvent is a custom event of a session, and which way it went.
type exportedEvent struct {
	wire.Custom
	// Direction is received for what the visitor's page has sent, emitted for what it was sent.
	Direction string `json:"direction"`
}

// export writes everything that is held of one visitor as one JSON object, session by session as it is read. One that could not be
// finished ends in the middle of that object: no JSON parser takes it for whole.
func (c *Commands) export(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), exportTimeout)
	defer cancel()
	visitorID := r.PathValue("visitorId")
	records, refusal := c.sessionsOf(ctx, visitorID)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Disposition", `attachment; filename="visitor.json"`)
	e := &exporting{Commands: c, out: w}
	e.write(`{"visitorId":`).value(visitorID).write(`,"exportedAt":`).value(wire.Time(fact.Now())).write(`,"sessions":[`)
	for i, record := range records {
		if i > 0 {
			e.write(",")
		}
		e.session(ctx, record)
	}
	e.write("]}\n")
	if e.err != nil {
		c.Intake.Log.Warn("export ended early", zap.Error(e.err))
	}
}

// exporting is one export. After its first error it writes nothing.
type exporting struct {
	*Commands
	out io.Writer
	err error
}

func (e *exporting) write(s string) *exporting {
	if e.err == nil {
		_, e.err = io.WriteString(e.out, s)
	}
	return e
}

func (e *exporting) value(v any) *exporting {
	if e.err == nil {
		var body []byte
		if body, e.err = json.Marshal(v); e.err == nil {
			_, e.err = e.out.Write(body)
		}
	}
	return e
}

func (e *exporting) session(ctx context.Context, record *sessionsv1.SessionRecord) {
	e.write(`{"session":`).value(wire.FromRecord(record, false)).write(`,"messages":[`)
	if !record.GetVisit() {
		e.messages(ctx, record)
	}
	events, files := e.events(ctx, record)
	e.write(`],"events":`).value(events).write(`,"files":`).value(files).write("}")
}

// messages writes those of one session in the order of the conversation. It holds them all: they are read in the order of their
// newest content, and one that is edited meanwhile comes twice.
func (e *exporting) messages(ctx context.Context, record *sessionsv1.SessionRecord) {
	all := map[string]*sessionsv1.MessageRecord{}
	for from, more := uint64(0), true; more && e.err == nil; {
		var page *sessionsv1.HistoryResponse
		page, e.err = e.Intake.Sessions.History(ctx, &sessionsv1.HistoryRequest{
			Project: record.GetProject(), SessionId: record.GetSession().GetId(), Limit: exportedPage,
			After: &sessionsv1.HistoryRequest_ContentAfterSeq{ContentAfterSeq: from},
		})
		for _, m := range page.GetMessages() {
			all[m.GetMessage().GetId()], from = m, m.GetContentSeq()
		}
		more = page.GetHasMore() && len(page.GetMessages()) > 0
	}
	ordered := slices.SortedFunc(maps.Values(all), func(a, b *sessionsv1.MessageRecord) int { return cmp.Compare(a.GetCreatedSeq(), b.GetCreatedSeq()) })
	e.Links.ShowRecords(ordered)
	for i, m := range wire.FromRecords(ordered, nil) {
		if i > 0 {
			e.write(",")
		}
		e.value(m)
	}
}

// events reads the custom events of a session, and the files that were stored for it, from the stream. It reaches back as far as
// that does.
func (e *exporting) events(ctx context.Context, record *sessionsv1.SessionRecord) ([]exportedEvent, []wire.Attachment) {
	events, files := []exportedEvent{}, []wire.Attachment{}
	if e.err != nil {
		return events, files
	}
	filter := bus.Filter{Project: id.Project(record.GetProject()), Session: id.Session(record.GetSession().GetId())}
	e.err = e.Intake.Bus.Replay(ctx, 1, filter, func(ev bus.Event) error {
		switch data := ev.Data.(type) {
		case *eventv1.Custom:
			direction := "received"
			if ev.Type == bus.EventEmitted {
				direction = "emitted"
			}
			events = append(events, exportedEvent{wire.Custom{Name: data.GetName(), Data: data.GetData(), Timestamp: wire.At(data.GetTimestamp())}, direction})
		case *eventv1.AttachmentStored:
			e.Links.Show(data.GetAttachment())
			files = append(files, wire.FromAttachments([]*bellhopv1.Attachment{data.GetAttachment()})...)
		}
		return nil
	})
	return events, files
}
