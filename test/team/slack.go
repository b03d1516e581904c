package team

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// onSlack is a team in the channel of the simulated Slack. A thread's id is the ts of its first message.
type onSlack struct{ sim *slack.Server }

// OnSlack is the team in front of a simulated Slack.
func OnSlack(sim *slack.Server) Platform { return &onSlack{sim} }

func (p *onSlack) Name() string     { return Slack }
func (p *onSlack) Label() string    { return "Slack" }
func (p *onSlack) Can(s Skill) bool { return s == TellingDeletions }

func (p *onSlack) Address() string { return p.sim.PageURL() }

func (p *onSlack) Bot() string {
	for _, u := range p.sim.State().Users() {
		if u.ID == slack.BotUserID {
			return "@" + u.Name
		}
	}
	return ""
}

func (p *onSlack) Threads(visitor string) []Thread {
	var found []Thread
	for _, t := range p.sim.Threads() {
		if t.Root.FromBot() && !gone(t.Root) && strings.Contains(t.Root.Shown, visitor) {
			found = append(found, p.thread(t))
		}
	}
	return found
}

func gone(m slack.Message) bool { return m.TS == "" || m.Deleted || m.Tombstone }

func (p *onSlack) Thread(id string) Thread {
	t := p.sim.Thread(id)
	if t.TS == "" {
		return Thread{}
	}
	return p.thread(t)
}

// closedMark is how the first message of a closed conversation begins: Slack has no threads that are closed.
const closedMark = "✅ Closed"

func (p *onSlack) thread(t slack.Thread) Thread {
	state := Open
	switch {
	case gone(t.Root):
		state = Deleted
	case strings.HasPrefix(t.Root.Read(), closedMark):
		state = Closed
	}
	name, _, _ := strings.Cut(t.Root.Read(), "\n")
	return Thread{ID: t.TS, Name: name, State: state, Typing: t.Status != ""}
}

func (p *onSlack) Say(ctx context.Context, thread, text string, how ...How) (Post, error) {
	m := mannerOf(how)
	if m.replyTo != "" {
		return Post{}, ErrCannot
	}
	options := slackWho(m)
	for _, f := range m.files {
		options = append(options, slack.WithFile(f.name, f.mime, f.data))
	}
	said, err := p.sim.Say(ctx, thread, text, options...)
	if err != nil {
		return Post{}, fmt.Errorf("say in Slack: %w", err)
	}
	return p.post(said), nil
}

func (p *onSlack) SayElsewhere(ctx context.Context, text string) error {
	_, err := p.sim.Say(ctx, "", text)
	return err
}

func slackWho(m manner) []slack.Option {
	switch {
	case m.bot:
		return []slack.Option{slack.AsApp(m.as)}
	case m.as != "":
		return []slack.Option{slack.As(m.as)}
	}
	return nil
}

func (p *onSlack) Edit(ctx context.Context, post Post, text string) error {
	return p.sim.Edit(ctx, post.ID, text)
}

func (p *onSlack) TakeBack(ctx context.Context, post Post) error { return p.Remove(ctx, post) }

func (p *onSlack) Remove(ctx context.Context, post Post) error { return p.sim.Delete(ctx, post.ID) }

func (p *onSlack) React(ctx context.Context, post Post, emoji string, how ...How) error {
	return p.sim.React(ctx, post.ID, emoji, slackWho(mannerOf(how))...)
}

func (p *onSlack) Press(ctx context.Context, post Post, button string, how ...How) (string, error) {
	pressed, err := p.sim.Press(ctx, post.ID, button, slackWho(mannerOf(how))...)
	if err != nil {
		return "", err
	}
	if pressed, err = p.sim.AwaitInteraction(ctx, pressed.ID); err != nil {
		return "", err
	}
	if pressed.Failed != "" {
		return "", fmt.Errorf("%w: %s", errUnanswered, pressed.Failed)
	}
	return pressed.Answer, nil
}

func (p *onSlack) CloseThread(context.Context, string) error  { return ErrCannot }
func (p *onSlack) ReopenThread(context.Context, string) error { return ErrCannot }

func (p *onSlack) DeleteThread(ctx context.Context, thread string) error {
	return p.sim.DeleteThread(ctx, thread)
}
