package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// album is what is known of the newest album in a topic, as it stands in a note.
type album struct {
	Group string `json:"group"`
	// Changed is when it was parked, or joined.
	Changed time.Time `json:"changed"`
	// Items that are not a message yet, in the order of their updates; none once they are.
	Items []parked `json:"items,omitempty"`
	// Joined: a message was made of it. Withheld: its caption was a note or a command, so none of it is for the visitor.
	Joined   bool `json:"joined,omitempty"`
	Withheld bool `json:"withheld,omitempty"`
}

// parked is one message of an album.
type parked struct {
	Update  int64                     `json:"update"`
	Message int                       `json:"message"`
	By      receive.Operator          `json:"by"`
	Content string                    `json:"content,omitempty"`
	ReplyTo string                    `json:"replyTo,omitempty"`
	Files   []telegram.FileDescriptor `json:"files"`
}

// albumNote is where an album stands in the notebook.
func (b *Bot) albumNote(at telegram.Place) string {
	return b.albumsNote() + "/" + decimal(at.Chat) + "/" + strconv.Itoa(at.Thread)
}

func (b *Bot) albumsNote() string { return "telegram/" + decimal(b.cfg.BotID()) + "/album" }

// placeOf is the inverse of albumNote.
func placeOf(key string) (at telegram.Place, ok bool) {
	names := strings.Split(key, "/")
	if len(names) < 2 {
		return at, false
	}
	chat, err := strconv.ParseInt(names[len(names)-2], 10, 64)
	thread, err2 := strconv.Atoi(names[len(names)-1])
	return telegram.Place{Chat: chat, Thread: thread}, err == nil && err2 == nil
}

// readAlbum is what is parked in a topic; the zero album and revision 0 for nothing.
func (b *Bot) readAlbum(ctx context.Context, at telegram.Place) (album, uint64, error) {
	note, err := b.desk.Bus.Notebook().Get(ctx, b.albumNote(at))
	if errors.Is(err, bus.ErrNoNote) {
		return album{}, 0, nil
	}
	if err != nil {
		return album{}, 0, fmt.Errorf("read what is parked: %w", err)
	}
	var a album
	if json.Unmarshal(note.Value, &a) != nil {
		return album{}, note.Revision, nil // a newer neighbour's: it goes on with what it knows
	}
	return a, note.Revision, nil
}

// writeAlbum replaces what was read; bus.ErrNoteChanged if somebody else has done so.
func (b *Bot) writeAlbum(ctx context.Context, at telegram.Place, a album, revision uint64) error {
	value, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("park: %w", err)
	}
	notes := b.desk.Bus.Notebook()
	if revision == 0 {
		_, err = notes.Create(ctx, b.albumNote(at), value)
	} else {
		_, err = notes.Update(ctx, b.albumNote(at), value, revision)
	}
	if err != nil {
		return fmt.Errorf("park: %w", err)
	}
	return nil
}
