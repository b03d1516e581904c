package widget

import (
	"cmp"
	"context"
	"net/http"
	"slices"
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
	// lastFew is how many messages whoever polls is told again and again: more than anybody writes while a page is silent for a moment.
	lastFew = 10
)

type messagesResponse struct {
	Messages []wire.Message `json:"messages"`
	HasMore  bool           `json:"hasMore"`
	// Closed tells that the team has closed the conversation.
	Closed   bool   `json:"closed,omitempty"`
	Position string `json:"position,omitempty"`
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
	answer, err := h.page(r.Context(), request)
	if err != nil && status.Code(err) != codes.NotFound {
		intake.Unavailable("the conversation cannot be read now; try again").Write(w)
		return
	}
	h.Links.ShowRecords(answer.GetMessages())
	messages := wire.FromRecords(answer.GetMessages(), answer.GetQuoted())
	if request.GetChangedSince() != nil { // a widget polls
		wire.Space(messages)
	}
	answerPage(w, messagesResponse{Messages: messages, HasMore: answer.GetHasMore(), Closed: entry.Closed(), Position: position})
}

// page reads a page of the conversation. Whoever polls with an instant is also told the last few messages: the instant is the visitor's
// clock's, and however wrong that was while nobody answered, what is new is among them.
func (h *handler) page(ctx context.Context, request *sessionsv1.HistoryRequest) (*sessionsv1.HistoryResponse, error) {
	answer, err := h.Intake.Sessions.History(ctx, request)
	if err != nil || request.GetChangedSince() == nil || len(answer.GetMessages()) >= lastFew {
		return answer, err
	}
	newest, err := h.Intake.Sessions.History(ctx, &sessionsv1.HistoryRequest{
		Project: request.GetProject(), SessionId: request.GetSessionId(), Limit: min(lastFew, request.GetLimit()),
	})
	if err != nil {
		return nil, err
	}
	joined := append(answer.GetMessages(), newest.GetMessages()...) // the later reading is the one that counts
	slices.SortStableFunc(joined, func(a, b *sessionsv1.MessageRecord) int {
		return cmp.Or(cmp.Compare(a.GetCreatedSeq(), b.GetCreatedSeq()), cmp.Compare(b.GetChangedSeq(), a.GetChangedSeq()))
	})
	joined = slices.CompactFunc(joined, func(a, b *sessionsv1.MessageRecord) bool { return a.GetCreatedSeq() == b.GetCreatedSeq() })
	return &sessionsv1.HistoryResponse{
		Messages: joined[max(0, len(joined)-int(request.GetLimit())):], Quoted: append(answer.GetQuoted(), newest.GetQuoted()...), HasMore: answer.GetHasMore(),
	}, nil
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
