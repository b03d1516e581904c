package team

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/visitor"
)

// Desk is a Platform in a test: what goes wrong fails the test.
type Desk struct {
	Platform
	t testing.TB
}

// At sits down at a platform for a test.
func At(t testing.TB, p Platform) Desk { return Desk{p, t} }

// Room is one thread in a test.
type Room struct {
	Desk
	ID string
}

// Named is somebody with a name that is on the card.
type Named interface{ Name() string }

// Room waits for a visitor's thread; of several it is the newest.
func (d Desk) Room(of Named) Room {
	d.t.Helper()
	var found []Thread
	d.Waits("a thread of "+of.Name(), func() bool {
		found = d.Threads(of.Name())
		return len(found) > 0
	})
	return Room{d, found[len(found)-1].ID}
}

// Waits waits for a condition on the platform.
func (d Desk) Waits(what string, condition func() bool) {
	d.t.Helper()
	if err := d.WaitFor(visitor.Within(d.t), condition); err != nil {
		d.t.Fatalf("waited in vain for %s in %s: %v", what, d.Label(), err)
	}
}

// Do fails the test on an error.
func (d Desk) Do(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("in %s: %v", d.Label(), err)
	}
}

// Standing are Bellhop's posts that stand in the room, oldest first.
func (r Room) Standing() []Post { return Standing(r.Platform, r.ID) }

// Text is everything that they show, one below the other.
func (r Room) Text() string { return Text(r.Platform, r.ID) }

// Count is how often they show a text.
func (r Room) Count(text string) int { return strings.Count(r.Text(), text) }

// Sees waits for a condition on the posts of Bellhop's that stand.
func (r Room) Sees(what string, condition func([]Post) bool) {
	r.t.Helper()
	if err := r.WaitFor(visitor.Within(r.t), func() bool { return condition(r.Standing()) }); err != nil {
		r.t.Fatalf("waited in vain for %s in %s; the thread shows:\n%s", what, r.Label(), strings.ReplaceAll(r.Text(), "\n", "\n    "))
	}
}

// Shown is a post that stands in a room.
type Shown struct {
	Post
	Room Room
}

// Shows waits until a post of Bellhop's contains a text, and returns the first that does.
func (r Room) Shows(text string) Shown {
	r.t.Helper()
	var found Post
	r.Sees("a post with "+text, func(posts []Post) bool {
		for _, p := range posts {
			if strings.Contains(p.Text, text) {
				found = p
				return true
			}
		}
		return false
	})
	return Shown{found, r}
}

// Hides waits until no post of Bellhop's contains a text any more.
func (r Room) Hides(text string) {
	r.t.Helper()
	r.Sees("no post with "+text, func([]Post) bool { return r.Count(text) == 0 })
}

// Tells waits until Bellhop has told the team, or one of them, something that contains a text.
func (r Room) Tells(text string) {
	r.t.Helper()
	r.Waits("an answer with "+text, func() bool {
		for _, p := range r.Posts(r.ID) {
			if p.ByBot && !p.Deleted && strings.Contains(p.Text, text) {
				return true
			}
		}
		return false
	})
}

// Says writes in the room.
func (r Room) Says(text string, how ...How) Shown {
	r.t.Helper()
	said, err := r.Say(context.Background(), r.ID, text, how...)
	if err != nil {
		r.t.Fatalf("say %q: %v", text, err)
	}
	return Shown{said, r}
}

// Presses presses a button of the card, or of whichever post has it, and returns what the person is told.
func (r Room) Presses(button string, how ...How) (told string) {
	r.t.Helper()
	var with *Post
	r.Sees("a button "+button, func(posts []Post) bool {
		for _, p := range posts {
			if slices.Contains(p.Buttons, button) {
				with = &p
				return true
			}
		}
		return false
	})
	told, err := r.Press(visitor.Within(r.t), *with, button, how...)
	if err != nil {
		r.t.Fatalf("press %s in %s: %v", button, r.Label(), err)
	}
	return told
}

// Is waits until the thread has a state.
func (r Room) Is(state ThreadState) {
	r.t.Helper()
	r.Waits("the thread to be "+string(state), func() bool { return r.Thread(r.ID).State == state })
}

// Reply answers the post: in the way of the platform, or where it has none by writing in its thread.
func (s Shown) Reply(text string, how ...How) Shown {
	s.Room.t.Helper()
	if s.Room.Can(Replying) {
		how = append(how, Answering(s.Post))
	}
	return s.Room.Says(text, how...)
}

// Becomes changes the text of a post of a person's.
func (s Shown) Becomes(text string) {
	s.Room.t.Helper()
	s.Room.Do(s.Room.Edit(context.Background(), s.Post, text))
}

// IsTakenBack does what a person does so that the visitor has it no more.
func (s Shown) IsTakenBack() {
	s.Room.t.Helper()
	s.Room.Do(s.Room.TakeBack(context.Background(), s.Post))
}

// Gets puts a reaction on the post.
func (s Shown) Gets(emoji string, how ...How) {
	s.Room.t.Helper()
	s.Room.Do(s.Room.React(context.Background(), s.Post, emoji, how...))
}

// Now is the post as it is now.
func (s Shown) Now() Post {
	for _, p := range s.Room.Posts(s.Room.ID) {
		if p.ID == s.ID {
			return p
		}
	}
	return Post{}
}

// IsMarked waits until Bellhop has put an emoji on the post.
func (s Shown) IsMarked() {
	s.Room.t.Helper()
	s.Room.Waits("a mark on "+s.Text, func() bool {
		return slices.ContainsFunc(s.Now().Marks, func(m Mark) bool { return m.ByBot })
	})
}

// IsAnsweredBy waits until a post with a text points at this post: in the way of the platform, or with a line that quotes words of it.
func (s Shown) IsAnsweredBy(text, words string) Shown {
	s.Room.t.Helper()
	answer := s.Room.Shows(text)
	switch {
	case s.Room.Can(Replying) && answer.ReplyTo != s.ID:
		s.Room.t.Fatalf("in %s %q points at %q, want %q", s.Room.Label(), text, answer.ReplyTo, s.ID)
	case !s.Room.Can(Replying) && !strings.Contains(answer.Quote, words):
		s.Room.t.Fatalf("in %s %q quotes %q, want %q", s.Room.Label(), text, answer.Quote, words)
	}
	return answer
}
