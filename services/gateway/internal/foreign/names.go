package foreign

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

const (
	// secretNote is where the notebook has the secret. Without it a backend's sessions would begin anew.
	secretNote  = "bridge/secret"
	secretBytes = 32
)

// Names maps a backend's ids.
type Names struct {
	notes *bus.Notebook

	mu     sync.Mutex
	secret []byte
}

// New makes a map; the secret is read, or made, when it is needed first.
func New(notes *bus.Notebook) *Names { return &Names{notes: notes} }

// Session is the id of ours that stands for a backend's own. Error: bus.ErrUnavailable.
func (n *Names) Session(ctx context.Context, p id.Project, external id.Session) (id.Session, error) {
	secret, err := n.key(ctx)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(string(p) + "\x00" + string(external))) // no id holds a NUL
	return id.SessionOf([16]byte(mac.Sum(nil)[:16])), nil
}

func (n *Names) key(ctx context.Context) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.secret != nil {
		return n.secret, nil
	}
	note, err := n.notes.Get(ctx, secretNote)
	if errors.Is(err, bus.ErrNoNote) {
		fresh := make([]byte, secretBytes)
		_, _ = rand.Read(fresh) // never fails since Go 1.24: it ends the program instead
		if _, err = n.notes.Create(ctx, secretNote, fresh); err == nil || errors.Is(err, bus.ErrNoteChanged) {
			note, err = n.notes.Get(ctx, secretNote)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the secret of sessions' names: %w", err)
	}
	n.secret = note.Value
	return n.secret, nil
}

// Find answers the session that a backend names by field. One that has the shape of ours and is none is the backend's own.
func (n *Names) Find(ctx context.Context, in *intake.Intake, field, named string) (*session.Entry, *intake.Refusal) {
	external, refusal := Parse(field, named)
	if refusal != nil {
		return nil, refusal
	}
	if external.Own() {
		entry, refusal := in.Find(ctx, named)
		if refusal == nil || refusal.Status != http.StatusNotFound {
			return entry, refusal
		}
	}
	own, err := n.Session(ctx, in.Project, external)
	if err != nil {
		in.Log.Warn("a backend's session cannot be looked up", zap.Error(err))
		return nil, intake.Unavailable("the session cannot be looked up now; try again")
	}
	return in.Find(ctx, string(own))
}

// Parse checks an id that a backend gives.
func Parse(field, named string) (id.Session, *intake.Refusal) {
	external, err := id.ParseSession(named)
	if err != nil {
		return "", intake.Invalid("invalid_session_id", field+" must have 1 to 128 bytes of printable text, and not be all")
	}
	return external, nil
}
