package deliver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// post is what stands on the fake platform.
type post struct {
	id, thread string
	texts      []string
	card       bool
	replyTo    string
	deleted    bool
	unanswered bool
}

// fake is a platform in memory.
type fake struct {
	mu      sync.Mutex
	chat    string
	moved   map[string]string
	posts   []*post
	threads map[string]string // open, closed or gone
	next    int
	calls   []string
	maxFit  int
	maxText int
	carded  bool
	finds   bool // a post that is sent again, because there was no answer, is found again by what it shows
	took    time.Duration
	typed   int
	// piecemeal: posts must be removed one by one before their thread; others of them are somebody else's.
	piecemeal bool
	others    int
	// fail is asked before each call takes effect, lose after it did.
	fail, lose func(call string, p *Post) error
}

func newFake() *fake {
	return &fake{chat: "c1", threads: map[string]string{}, moved: map[string]string{}, maxFit: 1000}
}

func (f *fake) Name() string { return "fake" }

func (f *fake) Account(at Place) string { return at.Chat }

func (f *fake) TypingLasts() time.Duration { return 5 * time.Second }

func (f *fake) Chat(*sessionsv1.SessionRecord) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.chat
}

func (f *fake) Current(chat string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return cmp.Or(f.moved[chat], chat)
}

// Plan makes a part of every maxFit messages, and of every maxText characters of a single one.
func (f *fake) Plan(p Post, shown []string) []Call { return Texts(len(f.parts(p)), shown) }

func (f *fake) parts(p Post) (parts [][]string) {
	var texts []string
	for _, n := range p.Notices {
		texts = append(texts, n.Kind+" "+n.Name)
	}
	for _, m := range p.Messages {
		texts = append(texts, m.Message.Content)
	}
	if len(texts) == 1 && f.maxText > 0 {
		for rest := texts[0]; rest != ""; rest = rest[min(f.maxText, len(rest)):] {
			parts = append(parts, []string{rest[:min(f.maxText, len(rest))]})
		}
	}
	if len(parts) == 0 {
		parts = [][]string{texts}
	}
	if p.Card && len(texts) >= f.maxFit {
		parts = append([][]string{nil}, parts...)
	}
	return parts
}

// do is one call.
func (f *fake) do(call string, p *Post, effect func() error) error {
	time.Sleep(f.took)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	if f.fail != nil {
		if err := f.fail(call, p); err != nil {
			return err
		}
	}
	if err := effect(); err != nil {
		return err
	}
	if f.lose != nil {
		return f.lose(call, p)
	}
	return nil
}

func (f *fake) inThread(at Place) error {
	switch f.threads[at.Thread] {
	case "open":
		return nil
	case "closed":
		return refuse(ThreadClosed)
	}
	return refuse(ThreadGone)
}

func refuse(kind Kind) error { return &Failure{Kind: kind, Err: fmt.Errorf("fake: %s", kind)} }

func (f *fake) Open(_ context.Context, chat string, _ *sessionsv1.SessionRecord) (place Place, carded bool, err error) {
	err = f.do("open", nil, func() error {
		f.next++
		place = Place{Chat: chat, Thread: fmt.Sprintf("t%d", f.next)}
		f.threads[place.Thread] = "open"
		if f.carded {
			f.posts = append(f.posts, &post{id: place.Thread, thread: place.Thread, card: true})
		}
		return nil
	})
	return place, f.carded, err
}

func (f *fake) Send(ctx context.Context, at Place, p Post, part int) (ids []string, err error) {
	var made *post
	err = f.do("post", &p, func() error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := f.inThread(at); err != nil {
			return err
		}
		if made = f.again(at, f.parts(p)[part]); made != nil {
			ids = []string{made.id}
			return nil
		}
		f.next++
		made = &post{id: fmt.Sprint(f.next), thread: at.Thread, card: p.Card}
		made.texts = f.parts(p)[part]
		if p.ReplyTo != nil {
			made.replyTo = p.ReplyTo.Ids[len(p.ReplyTo.Ids)-1]
		}
		f.posts = append(f.posts, made)
		ids = []string{made.id}
		return nil
	})
	if err != nil && made != nil {
		made.unanswered = true
	}
	return ids, err
}

// again is a post that was sent before and not answered; nil for none.
func (f *fake) again(at Place, texts []string) *post {
	for _, p := range f.posts {
		if f.finds && p.unanswered && !p.deleted && p.thread == at.Thread && slices.Equal(p.texts, texts) {
			p.unanswered = false
			return p
		}
	}
	return nil
}

func (f *fake) find(at *bellhopv1.PlatformMessage) (*post, error) {
	for _, p := range f.posts {
		if p.id == at.GetIds()[0] && !p.deleted {
			return p, nil
		}
	}
	return nil, refuse(MessageGone)
}

func (f *fake) Edit(_ context.Context, at *bellhopv1.PlatformMessage, p Post, part int) error {
	return f.do("edit", &p, func() error {
		found, err := f.find(at)
		if err != nil {
			return err
		}
		found.texts, found.card = f.parts(p)[part], p.Card
		return nil
	})
}

func (f *fake) Delete(_ context.Context, at *bellhopv1.PlatformMessage) error {
	return f.do("delete", nil, func() error {
		found, err := f.find(at)
		if err == nil {
			found.deleted = true
		}
		return err
	})
}

// Stands lists what is known when threads can't be removed whole.
func (f *fake) Stands(_ context.Context, at Place, known []string) (ids []string, others int, err error) {
	err = f.do("list", nil, func() error {
		if f.threads[at.Thread] == "" || f.threads[at.Thread] == "gone" {
			return refuse(ThreadGone)
		}
		if f.piecemeal {
			ids, others = known, f.others
		}
		return nil
	})
	return ids, others, err
}

func (f *fake) Remove(_ context.Context, at Place) error {
	return f.do("remove", nil, func() error {
		if f.threads[at.Thread] == "" || f.threads[at.Thread] == "gone" {
			return refuse(ThreadGone)
		}
		f.threads[at.Thread] = "gone"
		return nil
	})
}

func (f *fake) SayClosed(_ context.Context, at Place, by string) error {
	return f.do("say", nil, func() error {
		if err := f.inThread(at); err != nil {
			return err
		}
		f.posts = append(f.posts, &post{id: "say", thread: at.Thread, texts: []string{"closed by " + by}})
		return nil
	})
}

func (f *fake) move(call, to string, at Place) error {
	return f.do(call, nil, func() error {
		if f.threads[at.Thread] == "gone" {
			return refuse(ThreadGone)
		}
		f.threads[at.Thread] = to
		return nil
	})
}

func (f *fake) Close(_ context.Context, at Place, _ *sessionsv1.SessionRecord) error {
	return f.move("close", "closed", at)
}

func (f *fake) Reopen(_ context.Context, at Place, _ *sessionsv1.SessionRecord) error {
	return f.move("reopen", "open", at)
}

func (f *fake) Typing(context.Context, Place) error {
	return f.do("typing", nil, func() error { f.typed++; return nil })
}

func (f *fake) Probe(context.Context) error { return f.do("probe", nil, func() error { return nil }) }

// visible lists what people see, one line a post.
func (f *fake) visible() (lines []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.posts {
		if p.deleted {
			continue
		}
		line := fmt.Sprint(p.texts)
		if p.card {
			line = "card" + line
		}
		if p.replyTo != "" {
			line += " to " + p.replyTo
		}
		lines = append(lines, p.thread+": "+line)
	}
	return lines
}

func (f *fake) called() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// set changes the fake's troubles.
func (f *fake) set(change func(*fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}
