package team

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// onTelegram is a team in the groups of the simulated Telegram. A thread's id is "<chat>/<topic>".
type onTelegram struct {
	sim   *telegram.Server
	token string
}

// OnTelegram is the team in front of a simulated Telegram.
func OnTelegram(sim *telegram.Server) Platform { return &onTelegram{sim, sim.Token()} }

func (p *onTelegram) Name() string  { return Telegram }
func (p *onTelegram) Label() string { return "Telegram" }

func (p *onTelegram) Can(s Skill) bool { return s != TellingDeletions }

func (p *onTelegram) Address() string { return p.sim.URL() }

func (p *onTelegram) Bot() string {
	for _, u := range p.sim.Users() {
		if p.bot(u.ID) {
			return "@" + u.Username
		}
	}
	return ""
}

func topicKey(chat, topic int64) string { return fmt.Sprintf("%d/%d", chat, topic) }

// topicOf takes a thread's id apart; zeros for what is none.
func topicOf(thread string) (chat, topic int64) {
	c, t, _ := strings.Cut(thread, "/")
	chat, _ = strconv.ParseInt(c, 10, 64)
	topic, _ = strconv.ParseInt(t, 10, 64)
	return chat, topic
}

func (p *onTelegram) Threads(visitor string) []Thread {
	state := p.sim.State()
	found := p.topics(func(t telegram.Topic) bool { return strings.Contains(t.Name, visitor) })
	if len(found) > 0 { // the usual case, and cheap
		return found
	}
	return p.topics(func(t telegram.Topic) bool { return names(state.In(t.ChatID).Messages(t.ID), visitor) })
}

// topics are those that are not deleted and of which something is true, in all groups, oldest first.
func (p *onTelegram) topics(is func(telegram.Topic) bool) (found []Thread) {
	state := p.sim.State()
	for _, chat := range state.Chats() {
		for _, t := range state.In(chat.ID).Topics() {
			if t.State != telegram.TopicDeleted && is(t) {
				found = append(found, topicThread(t))
			}
		}
	}
	return found
}

func names(messages []telegram.Message, visitor string) bool {
	for _, m := range messages {
		if m.FromBot() && strings.Contains(m.Text, visitor) {
			return true
		}
	}
	return false
}

func (p *onTelegram) Thread(id string) Thread {
	chat, topic := topicOf(id)
	t := p.sim.State().In(chat).Topic(topic)
	if t.ID == 0 {
		return Thread{}
	}
	return topicThread(t)
}

func topicThread(t telegram.Topic) Thread {
	states := map[telegram.TopicState]ThreadState{telegram.TopicOpen: Open, telegram.TopicClosed: Closed, telegram.TopicDeleted: Deleted}
	return Thread{ID: topicKey(t.ChatID, t.ID), Name: t.Name, State: states[t.State], Typing: t.Typing != ""}
}

func (p *onTelegram) Say(ctx context.Context, thread, text string, how ...How) (Post, error) {
	m := mannerOf(how)
	chat, topic := topicOf(thread)
	options := append(p.who(chat, m), telegramFiles(m.files)...)
	if m.replyTo != "" {
		options = append(options, telegram.ReplyTo(number(m.replyTo)))
	}
	said, err := p.sim.Say(ctx, topic, text, options...)
	if err != nil {
		return Post{}, fmt.Errorf("say in Telegram: %w", err)
	}
	return p.post(said), nil
}

func (p *onTelegram) SayElsewhere(ctx context.Context, text string) error {
	_, err := p.sim.Say(ctx, 0, text)
	return err
}

// who are the options for whoever acts, and where.
func (p *onTelegram) who(chat int64, m manner) []telegram.Option {
	options := []telegram.Option{telegram.In(chat)}
	switch {
	case m.bot:
		options = append(options, telegram.AsBot(m.as))
	case m.as != "":
		options = append(options, telegram.As(m.as))
	}
	return options
}

func telegramFiles(files []attachment) (options []telegram.Option) {
	for _, f := range files {
		options = append(options, telegram.WithFile(f.name, f.mime, f.data))
	}
	return options
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func (p *onTelegram) Edit(ctx context.Context, post Post, text string) error {
	chat, _ := topicOf(post.Thread)
	return p.sim.Edit(ctx, number(post.ID), text, telegram.In(chat))
}

func (p *onTelegram) TakeBack(ctx context.Context, post Post) error {
	_, err := p.Say(ctx, post.Thread, "/delete", Answering(post))
	return err
}

func (p *onTelegram) Remove(ctx context.Context, post Post) error {
	chat, _ := topicOf(post.Thread)
	return p.sim.Delete(ctx, number(post.ID), telegram.In(chat))
}

func (p *onTelegram) React(ctx context.Context, post Post, emoji string, how ...How) error {
	chat, _ := topicOf(post.Thread)
	return p.sim.React(ctx, number(post.ID), emoji, p.who(chat, mannerOf(how))...)
}

var errUnanswered = errors.New("team: the platform tells of a failure")

func (p *onTelegram) Press(ctx context.Context, post Post, button string, how ...How) (string, error) {
	chat, _ := topicOf(post.Thread)
	pressed, err := p.sim.Press(ctx, number(post.ID), button, p.who(chat, mannerOf(how))...)
	if err != nil {
		return "", err
	}
	told := ""
	err = p.sim.WaitFor(ctx, func(state telegram.State) bool {
		for _, c := range state.Callbacks() {
			if c.ID == pressed.ID && c.Answered {
				told = c.Text
				return true
			}
		}
		return false
	})
	return told, err
}

func (p *onTelegram) CloseThread(ctx context.Context, thread string) error {
	chat, topic := topicOf(thread)
	return p.sim.CloseTopic(ctx, topic, telegram.In(chat))
}

func (p *onTelegram) ReopenThread(ctx context.Context, thread string) error {
	chat, topic := topicOf(thread)
	return p.sim.ReopenTopic(ctx, topic, telegram.In(chat))
}

func (p *onTelegram) DeleteThread(ctx context.Context, thread string) error {
	chat, topic := topicOf(thread)
	return p.sim.DeleteTopic(ctx, topic, telegram.In(chat))
}
