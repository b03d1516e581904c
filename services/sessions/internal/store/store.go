package store

import (
	"context"
	"errors"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

var (
	// ErrNotFound says that the store holds no such record.
	ErrNotFound = errors.New("not found in the store")
	// ErrConflict says that a record or the floor moved since it was loaded: load again, fold again.
	ErrConflict = errors.New("store moved since it was loaded")
)

// Key names a session.
type Key struct {
	Project id.Project
	Session id.Session
}

// Want is what a fold must see before it can begin.
type Want struct {
	Part     id.Part
	Sessions []Key
	// Messages by session; their sessions need not be in Sessions.
	Messages map[Key][]string
	// Whole are sessions of which all messages are wanted.
	Whole []Key
}

// View is what was there when it was loaded. What is unknown is absent from the maps. The records are the caller's to change.
type View struct {
	Floor    uint64
	Sessions map[Key]*sessionsv1.SessionRecord
	Messages map[Key]map[string]*sessionsv1.MessageRecord
}

// Change is what a fold leaves behind. A store writes a session, its messages and its indexes together or not at all, and
// the floor last: whoever is killed in between finds sessions ahead of the floor, never behind it.
type Change struct {
	Part id.Part
	// The floor is moved from From to Through; with another floor in the store nothing is written and the answer is ErrConflict.
	From, Through uint64
	Sessions      []SessionChange
	Operators     []OperatorChange
}

// SessionChange is one session's new state.
type SessionChange struct {
	Key Key
	// Before is the seq that the record had when it was loaded, 0 for a new one; ErrConflict when the store's differs.
	Before   uint64
	Record   *sessionsv1.SessionRecord
	Messages []*sessionsv1.MessageRecord
	// Wipe has all messages of the session forgotten that the store holds. Record is what is left of it: its Erasure is set.
	Wipe bool
}

// OperatorChange is one operator's presence; a store keeps the one with the highest Seq.
type OperatorChange struct {
	Project  id.Project
	Operator *sessionsv1.Operator
}

// Query selects messages of one session. At most one of AfterID, Oldest, ChangedSince, ChangedAfter, ContentAfter and IDs is set.
type Query struct {
	// Limit is 1 to 100.
	Limit int
	// AfterID: created later than this message, oldest first. Unknown: as if unset.
	AfterID string
	// Oldest: from the first one on, oldest first.
	Oldest bool
	// ChangedSince: changed at or after this instant, the newest page.
	ChangedSince time.Time
	// ChangedAfter: changed_seq greater than this, the newest page.
	ChangedAfter *uint64
	// ContentAfter: content_seq greater than this, oldest content_seq first.
	ContentAfter *uint64
	// IDs: these messages.
	IDs []string
}

// Store keeps sessions, messages, threads, copies, operators, visits and the applied floor of each part.
//
// The thread index (project, platform, chat, thread → session) and the copy index (project, platform, chat, platform's
// message id → session, message) follow from the records that Commit writes: every platforms[…] with a thread, every
// copies[…].at.ids. So does the identity index (project, verified identity → sessions). An older entry of a thread that was replaced stays, it still names the right session.
type Store interface {
	// Load reads what a fold needs in one round trip.
	Load(ctx context.Context, want Want) (*View, error)
	// Commit writes a change; ErrConflict when it does not fit.
	Commit(ctx context.Context, change Change) error
	// Floor is the applied stream sequence of a part, 0 for none.
	Floor(ctx context.Context, part id.Part) (uint64, error)

	// Epoch is the stream that the store was built from, "" for a fresh store.
	Epoch(ctx context.Context) (string, error)
	// SetEpoch says which stream that is.
	SetEpoch(ctx context.Context, epoch string) error

	// Session reads one session; ErrNotFound.
	Session(ctx context.Context, key Key) (*sessionsv1.SessionRecord, error)
	// Sessions pages through a project's sessions, latest activity first; status "" for all. The token is opaque, "" for the
	// first page; the one answered is "" on the last.
	Sessions(ctx context.Context, project id.Project, status string, limit int, token string) ([]*sessionsv1.SessionRecord, string, error)
	// Messages reads messages in the order of the conversation (created_seq), unless the query says otherwise; more tells
	// that the limit cut the answer.
	Messages(ctx context.Context, key Key, query Query) (messages []*sessionsv1.MessageRecord, more bool, err error)
	// ByThread finds whose thread it is; ErrNotFound.
	ByThread(ctx context.Context, project id.Project, platform, chat, thread string) (Key, error)
	// ByCopy finds which message a platform's message shows; ErrNotFound. The last of a joined post's messages is answered.
	ByCopy(ctx context.Context, project id.Project, platform, chat, messageID string) (Key, string, error)
	// Operators lists a project's operators that ever had a status.
	Operators(ctx context.Context, project id.Project) ([]*sessionsv1.Operator, error)

	// ByVisitor lists a visitor's sessions and visits, in no particular order.
	ByVisitor(ctx context.Context, project id.Project, visitor string) ([]Key, error)
	// ByIdentity lists the sessions of a verified identity, the latest activity first.
	ByIdentity(ctx context.Context, project id.Project, identity string, limit int) ([]Key, error)
	// Idle lists sessions of a project in which nothing has happened since an instant, the oldest first; with silent only those
	// in which nobody has written.
	Idle(ctx context.Context, project id.Project, since time.Time, silent bool, limit int) ([]Key, error)

	// Erasing lists erased sessions whose erasure has not ended, the oldest first.
	Erasing(ctx context.Context, limit int) ([]Key, error)
	// ErasedBy lists the sessions of an erasure; none when it is unknown.
	ErasedBy(ctx context.Context, project id.Project, erasure string) ([]Key, error)
	// Erased lists sessions whose erasure has ended before an instant, the oldest first.
	Erased(ctx context.Context, before time.Time, limit int) ([]Key, error)
	// Sweep removes what the indexes and the visits still say of an erased session. It may be repeated.
	Sweep(ctx context.Context, key Key) error
	// Drop forgets an erased session altogether.
	Drop(ctx context.Context, key Key) error
	// Scrub has what was removed before leave the disk: files that keep what is not valid any more are written anew. It may take
	// effect a little later.
	Scrub(ctx context.Context) error

	// PutVisit keeps a visit for ttl. Visits are the one thing that is not derived: Reset leaves them alone.
	PutVisit(ctx context.Context, visit *sessionsv1.SessionRecord, ttl time.Duration) error
	// Visit reads a visit and lets its ttl begin anew; ErrNotFound.
	Visit(ctx context.Context, key Key, ttl time.Duration) (*sessionsv1.SessionRecord, error)

	// Reset forgets all that was derived from the bus, the epoch and the floors included.
	Reset(ctx context.Context) error
	// Ping tells whether the store answers.
	Ping(ctx context.Context) error
	// Close releases the connection.
	Close() error
}
