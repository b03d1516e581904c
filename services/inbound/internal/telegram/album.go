package telegram

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// An album comes as one update for each of its files, and nothing says which one is the last. To the visitor it is one message, and
// to the team one gesture: if its caption is a note, none of it may get out.
//
// Telegram posts the second update only when the first was answered with 200. So the first can't be held back until the album is
// whole: it is parked, in a note on the bus that holds what is known of the album in this topic, and then answered. That keeps the
// rule that nobody is told before it is stored. What was parked becomes a message when
//
//   - nothing more of it has come for albumWindow, whoever parked it, or
//   - something else is said in the topic: Telegram keeps the order within a chat, so the album is whole, and must stand before it, or
//   - whoever holds the bot's lease finds it lying, because the process that had parked it is gone.
//
// Of these several may happen at once, in several processes: the message's fact is named after the album's first update, and is
// stored once. A file that comes after all that, which Telegram's order makes all but impossible, becomes a message of its own,
// unless the album was for the team only.

const (
	// albumWindow is how long nothing more of an album must come. Telegram posts its updates one right after another.
	albumWindow = 1500 * time.Millisecond
	// albumKept is how long it is remembered what became of an album.
	albumKept = 10 * time.Minute
)

// park takes in one message of an album. When it returns nil, it is stored.
func (b *Bot) park(ctx context.Context, in intent, updateID int64) error {
	item := parked{
		Update: updateID, Message: in.message, By: in.gesture.By, Content: in.gesture.Content, ReplyTo: in.gesture.ReplyTo, Files: in.files,
	}
	for {
		a, revision, err := b.readAlbum(ctx, in.place)
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(a.Items, func(p parked) bool { return p.Update == updateID })
		switch {
		case a.Group != in.album && len(a.Items) > 0:
			if err := b.join(ctx, in.place); err != nil {
				return err
			}
			continue
		case a.Group == in.album && a.Joined && a.Withheld:
			b.metrics.Count(office.ResultNoted)
			return nil
		case a.Group == in.album && a.Joined && len(a.Items) == 0:
			return b.act(ctx, in, updateID)
		case a.Group != in.album:
			a = album{Group: in.album}
		}
		if !known {
			a.Items, a.Changed = append(a.Items, item), time.Now().UTC()
			err = b.writeAlbum(ctx, in.place, a, revision)
		}
		if errors.Is(err, bus.ErrNoteChanged) {
			continue
		}
		if err == nil {
			b.waiting.add(in.place, albumWindow)
		}
		return err
	}
}

// settle makes a message of what is parked in a topic, before something else is said there.
func (b *Bot) settle(ctx context.Context, at telegram.Place) error {
	a, _, err := b.readAlbum(ctx, at)
	if err != nil || len(a.Items) == 0 {
		return err
	}
	return b.join(ctx, at)
}

// join makes a message of what is parked in a topic.
func (b *Bot) join(ctx context.Context, at telegram.Place) error {
	_, err, _ := b.joining.Do(b.albumNote(at), func() (any, error) { return nil, b.joinAll(ctx, at) })
	return err
}

func (b *Bot) joinAll(ctx context.Context, at telegram.Place) error {
	for {
		a, revision, err := b.readAlbum(ctx, at)
		if err != nil || len(a.Items) == 0 {
			return err
		}
		done, err := b.made(ctx, at, a)
		if err != nil {
			return err
		}
		a.Withheld = a.Withheld || b.withheld(at, a.Items)
		a.Items = slices.DeleteFunc(a.Items, func(p parked) bool { return slices.Contains(done, strconv.Itoa(p.Message)) })
		a.Joined, a.Changed = true, time.Now().UTC()
		// Whatever was parked meanwhile is seen to in the next round.
		if err := b.writeAlbum(ctx, at, a, revision); err != nil && !errors.Is(err, bus.ErrNoteChanged) {
			return err
		}
	}
}

// made makes a message of what is parked, unless there is one, and answers whose ids of Telegram's it has. Another process may have
// made it of fewer files: what counts is what is stored.
func (b *Bot) made(ctx context.Context, at telegram.Place, a album) ([]string, error) {
	in := b.together(at, a.Items)
	done, err := b.present(ctx, in)
	if err != nil || len(done) > 0 {
		return done, err
	}
	if !a.Withheld {
		if err := b.act(ctx, in, a.Items[0].Update); err != nil {
			return nil, err
		}
		if done, err = b.present(ctx, in); err != nil {
			return nil, err
		}
	}
	if len(done) == 0 { // it was not for the visitor, or nobody's
		done = append([]string{in.gesture.MessageID}, in.gesture.Also...)
	}
	return done, nil
}

// present are Telegram's ids of the message that was made of an album already; none if there is no such message.
func (b *Bot) present(ctx context.Context, in intent) ([]string, error) {
	chat, err := b.formerly(ctx, in.gesture)
	if err != nil {
		return nil, err
	}
	c, err := b.desk.Find(ctx, receive.Thread{Project: b.project, Platform: platform, Chat: chat, Thread: in.gesture.Thread})
	if errors.Is(err, receive.ErrNobodys) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record, err := b.desk.Shown(ctx, c, in.gesture.MessageID)
	return record.GetCopies()[platform].GetAt().GetIds(), err
}

// withheld tells whether what an album says is for the team or for us.
func (b *Bot) withheld(at telegram.Place, items []parked) bool {
	in := b.together(at, items)
	return command.Parse(in.gesture.Content, in.gesture.Bot).Kind != command.Message
}

// together are several messages of an album as one: it is the first one's, by whoever sent that, and says what all of them say.
func (b *Bot) together(at telegram.Place, items []parked) intent {
	first := items[0]
	in := intent{place: at, message: first.Message}
	in.gesture = office.Gesture{
		Kind: office.Said, Chat: decimal(at.Chat), Thread: strconv.Itoa(at.Thread), MessageID: strconv.Itoa(first.Message), By: first.By,
		Bot: b.own().username, ReplyTo: first.ReplyTo,
	}
	var captions []string
	for i, item := range items {
		if i > 0 {
			in.gesture.Also = append(in.gesture.Also, strconv.Itoa(item.Message))
		}
		if strings.TrimSpace(item.Content) != "" {
			captions = append(captions, item.Content)
		}
		in.files = append(in.files, item.Files...)
	}
	in.gesture.Content = strings.Join(captions, "\n")
	return in
}
