package team

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Names of the platforms, as on the bus.
const (
	Telegram = "telegram"
	Discord  = "discord"
	Slack    = "slack"
)

// Platform is one platform with its team. It is safe for concurrent use.
type Platform interface {
	// Name is telegram, discord or slack; Label is what people call it.
	Name() string
	Label() string
	// Address is what the addresses of everything on the platform begin with.
	Address() string
	// Can tells whether people have a way to do it here.
	Can(Skill) bool
	// Bot is what people type to address Bellhop.
	Bot() string

	// Threads are a visitor's: those that are not deleted and in whose name or posts Bellhop names the visitor, oldest first.
	Threads(visitor string) []Thread
	// Thread is the one with an id; the zero Thread if there is none.
	Thread(id string) Thread
	// Posts are a thread's, whoever wrote them, oldest first, deleted ones included. What the platform itself says is left out.
	Posts(thread string) []Post
	// Bytes are a file's content.
	Bytes(File) []byte

	// Say writes in a thread.
	Say(ctx context.Context, thread, text string, how ...How) (Post, error)
	// SayElsewhere writes next to the visitors' threads: in the group or channel itself, or in a thread of a person's.
	SayElsewhere(ctx context.Context, text string) error
	// Edit changes a post of a person's.
	Edit(ctx context.Context, post Post, text string) error
	// TakeBack is what a person does so that the visitor has a post no more. Telegram tells no bot of deletions: there it is /delete.
	TakeBack(ctx context.Context, post Post) error
	// Remove deletes a post of anybody's, whether or not Bellhop hears of it.
	Remove(ctx context.Context, post Post) error
	// React puts an emoji on a post.
	React(ctx context.Context, post Post, emoji string, how ...How) error
	// Press presses a button and waits for what the person is told; an error if the platform tells of a failure.
	Press(ctx context.Context, post Post, button string, how ...How) (told string, err error)
	// CloseThread, ReopenThread and DeleteThread are done by hand.
	CloseThread(ctx context.Context, thread string) error
	ReopenThread(ctx context.Context, thread string) error
	DeleteThread(ctx context.Context, thread string) error

	// Disturb lets calls go wrong, and Garble what people's messages are told with, until it is ended or used up. Calm ends all of it.
	Disturb(Trouble) Disturbance
	Garble(Mishap) Disturbance
	Calm()
	// Calls counts the calls of a kind that came so far.
	Calls(Action) int
	// Strain is what the platform counted of its limits.
	Strain() Strain
	// Pinged are Bellhop's posts that notified somebody by name, and Everywhere all that stand, in whatever thread or none.
	Pinged() []Post
	Everywhere() []Post
	// Complaints are what a careful bot would not do, and what was believed although nobody may believe it.
	Complaints() []string
	// ReplaceToken makes the bot's token invalid, and another one valid.
	ReplaceToken()
	// Told: Bellhop has been told of everything that people have done so far.
	Told() bool
	// WaitFor returns nil as soon as a condition holds; it looks again after each change on the platform.
	WaitFor(ctx context.Context, condition func() bool) error
}

// Skill is something that people can do on some platforms only.
type Skill int

// The skills.
const (
	// Replying: answer one post of many.
	Replying Skill = iota
	// ClosingThreads: close a thread by hand.
	ClosingThreads
	// TellingDeletions: Bellhop hears when a post is deleted.
	TellingDeletions
	// SlashTexts: "/close" typed in a thread is a text that the bot gets.
	SlashTexts
)

// ErrCannot is for what people have no way to do.
var ErrCannot = errors.New("team: people can't do that here")

// Thread is a thread as it is. The zero Thread means "there is none".
type Thread struct {
	ID    string
	Name  string
	State ThreadState
	// Typing tells that the visitor is shown to be typing.
	Typing bool
}

// ThreadState is how people see a thread.
type ThreadState string

// The states.
const (
	Open    ThreadState = "open"
	Closed  ThreadState = "closed"
	Deleted ThreadState = "deleted"
)

// Post is a message in a thread as people see it.
type Post struct {
	Thread, ID string
	// ByBot: Bellhop wrote it. From is who did otherwise. At is when, by the platform's clock.
	ByBot bool
	From  string
	At    time.Time
	// Text is what people read, without markup.
	Text    string
	Deleted bool
	// Stray: the bot was not told that it had posted this, and the platform has no way to find out.
	Stray bool
	// Edits is how often it was changed.
	Edits int
	// ReplyTo is the post that it answers; empty for none, and where the platform has no replies. Quote is the line that stands
	// for one there.
	ReplyTo, Quote string
	Files          []File
	Buttons        []string
	Marks          []Mark
	// Notified are those whom it pinged in any of its versions.
	Notified []string
	// Masked are addresses that hide behind other words.
	Masked []string
	// OnlyFor is set where one person alone sees it.
	OnlyFor string
}

// Mark is a reaction.
type Mark struct {
	Emoji string
	ByBot bool
}

// File is a file of a post.
type File struct {
	ID, Name, MIME string
	Size           int64
	// Digest is the hex SHA-256 of its bytes; Picture: it is shown, not listed.
	Digest  string
	Picture bool
}

// Strain is what a platform counted of its limits.
type Strain struct {
	// Denied were answered 429, injected ones included; Violations came while the caller had been told to wait.
	Denied, Violations int
}

// Standing are Bellhop's posts that stand in a thread for everybody, oldest first.
func Standing(on Platform, thread string) []Post {
	var standing []Post
	for _, p := range on.Posts(thread) {
		if p.ByBot && !p.Deleted && p.OnlyFor == "" {
			standing = append(standing, p)
		}
	}
	return standing
}

// Text is everything that they show, one below the other.
func Text(on Platform, thread string) string {
	var text strings.Builder
	for _, p := range Standing(on, thread) {
		text.WriteString(p.Text + "\n")
	}
	return text.String()
}
