package bellhop

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// SessionQuery says which sessions are wanted; zero for all.
type SessionQuery struct {
	// Project is a project's id; that of the key unless given.
	Project string
	// Status is Active, Closed or Archived; "" for any.
	Status string
	// Unanswered wants only those in which the visitor has spoken last.
	Unanswered bool
	// Search is looked for in names, addresses and messages; at most 200 bytes.
	Search string
	// PageSize is how many are fetched at once, 1 to 100; 100 unless given.
	PageSize int
}

func (q SessionQuery) values() url.Values {
	v := url.Values{"limit": {strconv.Itoa(pageSize(q.PageSize))}}
	for key, value := range map[string]string{"projectId": q.Project, "status": q.Status, "q": q.Search} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Unanswered {
		v.Set("unanswered", "true")
	}
	return v
}

// maxPage is what Bellhop answers at most at once.
const maxPage = 100

func pageSize(n int) int {
	if n <= 0 || n > maxPage {
		return maxPage
	}
	return n
}

// Sessions are all sessions that a query wants, the one with the latest activity first. Pages are fetched as they are needed. An error
// is the last thing of the sequence.
func (c *Client) Sessions(ctx context.Context, q SessionQuery) iter.Seq2[Session, error] {
	return func(yield func(Session, error) bool) {
		query := q.values()
		for {
			var page struct {
				Sessions      []Session `json:"sessions"`
				NextPageToken string    `json:"nextPageToken"`
			}
			if err := c.get(ctx, &page, query, "api", "v1", "sessions"); err != nil {
				yield(Session{}, err)
				return
			}
			for _, s := range page.Sessions {
				if !yield(s, nil) {
					return
				}
			}
			if page.NextPageToken == "" || page.NextPageToken == query.Get("pageToken") {
				return
			}
			query.Set("pageToken", page.NextPageToken)
		}
	}
}

// Session is a session as it is now. IsNotFound tells that there is none of that id.
func (c *Client) Session(ctx context.Context, sessionID string) (*Session, error) {
	t, err := c.Transcript(ctx, sessionID)
	if err != nil {
		return nil, err
	}
	return &t.Session, nil
}

// Transcript is a session with its conversation.
type Transcript struct {
	Session Session `json:"session"`
	// Messages are the oldest first, at most 1000.
	Messages []Message `json:"messages"`
	// Truncated tells that there are more: Messages reads all of them.
	Truncated bool `json:"truncated"`
}

// Transcript is a session with its conversation, at once.
func (c *Client) Transcript(ctx context.Context, sessionID string) (*Transcript, error) {
	t := new(Transcript)
	if err := c.get(ctx, t, nil, "api", "v1", "sessions", sessionID); err != nil {
		return nil, err
	}
	return t, nil
}

// CloseSession closes a conversation, in the name of an operator or, with "", of nobody. The visitor's next message opens it again.
func (c *Client) CloseSession(ctx context.Context, sessionID, operatorName string) (closedAt time.Time, err error) {
	var answer struct {
		ClosedAt time.Time `json:"closedAt"`
	}
	body := struct {
		OperatorName string `json:"operatorName,omitempty"`
	}{operatorName}
	err = c.post(ctx, &answer, body, "api", "v1", "sessions", sessionID, "close")
	return answer.ClosedAt, err
}

func (c *Client) get(ctx context.Context, into any, query url.Values, path ...string) error {
	return c.call(ctx, request{method: http.MethodGet, path: path, query: query}, into)
}

func (c *Client) post(ctx context.Context, into, body any, path ...string) error {
	return c.call(ctx, request{method: http.MethodPost, path: path, body: body}, into)
}
