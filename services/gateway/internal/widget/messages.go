package widget

import (
	"net/http"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	defaultPage = 50
	maxPage     = 100
)

type messagesResponse struct {
	Messages []wire.Message `json:"messages"`
	HasMore  bool           `json:"hasMore"`
	Position string         `json:"position,omitempty"`
}

// messages is GET /messages: the history, and what a page polls that has no socket.
func (h *handler) messages(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	entry, refusal := h.Intake.Visitor(r.Context(), query.Get("sessionId"))
	if refusal != nil {
		refusal.Write(w)
		return
	}
	position := h.position()
	if entry.Visit() {
		httpserver.JSON(w, http.StatusOK, messagesResponse{Messages: []wire.Message{}, Position: position})
		return
	}
	request := &sessionsv1.HistoryRequest{Project: string(entry.Project), SessionId: string(entry.Session), Limit: pageSize(query.Get("limit"))}
	setAfter(request, query.Get("after"), time.Now())
	answer, err := h.Intake.Sessions.History(r.Context(), request)
	if err != nil && status.Code(err) != codes.NotFound {
		intake.Unavailable("the conversation cannot be read now; try again").Write(w)
		return
	}
	h.Links.ShowRecords(answer.GetMessages())
	answerPage(w, messagesResponse{
		Messages: wire.FromRecords(answer.GetMessages(), answer.GetQuoted()), HasMore: answer.GetHasMore(), Position: position,
	})
}

// pageTimeout bounds how long a client may take to read a page of messages: it is the only answer that a connection's buffers
// may not hold.
const pageTimeout = 30 * time.Second

func answerPage(w http.ResponseWriter, body any) {
	connection := http.NewResponseController(w) // not every writer has deadlines: a test's has none
	_ = connection.SetWriteDeadline(time.Now().Add(pageTimeout))
	httpserver.JSON(w, http.StatusOK, body)
	_ = connection.SetWriteDeadline(time.Time{})
}

// pageSize reads limit; nonsense is the default.
func pageSize(raw string) int32 {
	n, err := strconv.Atoi(raw)
	if err != nil || n < 1 {
		return defaultPage
	}
	return int32(min(n, maxPage))
}

// setAfter reads after: an instant asks for everything created or changed since, anything else is a message's id; what can be
// neither counts as absent.
func setAfter(request *sessionsv1.HistoryRequest, after string, now time.Time) {
	since, ok := intake.Since(after, now)
	if !ok {
		if _, err := id.ParseMessage(after); err == nil {
			request.After = &sessionsv1.HistoryRequest_MessageId{MessageId: after}
		}
		return
	}
	request.After = &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: timestamppb.New(since)}
}
