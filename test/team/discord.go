package team

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// onDiscord is a team on the server of the simulated Discord.
type onDiscord struct{ sim *discord.Server }

// OnDiscord is the team in front of a simulated Discord.
func OnDiscord(sim *discord.Server) Platform { return &onDiscord{sim} }

func (p *onDiscord) Name() string   { return Discord }
func (p *onDiscord) Label() string  { return "Discord" }
func (p *onDiscord) Can(Skill) bool { return true }

func (p *onDiscord) Address() string { return p.sim.PageURL() }

func (p *onDiscord) Bot() string { return "<@" + p.sim.ApplicationID() + ">" }

func (p *onDiscord) Threads(visitor string) []Thread {
	found := p.threads(func(t discord.Thread) bool { return strings.Contains(t.Name, visitor) })
	if len(found) > 0 { // the usual case, and cheap
		return found
	}
	return p.threads(func(t discord.Thread) bool { return p.names(t.ID, visitor) })
}

// threads are those that are not deleted and of which something is true, oldest first.
func (p *onDiscord) threads(is func(discord.Thread) bool) (found []Thread) {
	for _, t := range p.sim.Threads() {
		if t.State != discord.ThreadDeleted && is(t) {
			found = append(found, discordThread(t))
		}
	}
	return found
}

func (p *onDiscord) names(thread, visitor string) bool {
	for _, m := range p.messages(thread) {
		if m.FromBot() && m.Has(visitor) {
			return true
		}
	}
	return false
}

// messages are a thread's. In a text channel the message that began it stands in the channel.
func (p *onDiscord) messages(thread string) []discord.Message {
	state := p.sim.State()
	messages := state.Messages(thread)
	if root := state.Message(thread); root.ID != "" && root.ChannelID != thread {
		return append([]discord.Message{root}, messages...)
	}
	return messages
}

func (p *onDiscord) Thread(id string) Thread {
	t := p.sim.Thread(id)
	if t.ID == "" {
		return Thread{}
	}
	return discordThread(t)
}

func discordThread(t discord.Thread) Thread {
	state := Open
	switch t.State {
	case discord.ThreadClosed, discord.ThreadLocked: // what somebody writes there brings it out of the archive
		state = Closed
	case discord.ThreadDeleted:
		state = Deleted
	}
	return Thread{ID: t.ID, Name: t.Name, State: state, Typing: t.Typing != ""}
}

func (p *onDiscord) Say(ctx context.Context, thread, text string, how ...How) (Post, error) {
	m := mannerOf(how)
	options := discordWho(m)
	if m.replyTo != "" {
		options = append(options, discord.ReplyTo(m.replyTo))
	}
	for _, f := range m.files {
		options = append(options, discord.WithFile(f.name, f.mime, f.data))
	}
	said, err := p.sim.Say(ctx, thread, text, options...)
	if err != nil {
		return Post{}, fmt.Errorf("say in Discord: %w", err)
	}
	return p.post(said), nil
}

func (p *onDiscord) SayElsewhere(ctx context.Context, text string) error {
	_, err := p.sim.CreateThread(ctx, "a thread of the team", text)
	return err
}

func discordWho(m manner) []discord.Option {
	switch {
	case m.bot:
		return []discord.Option{discord.AsBot(m.as)}
	case m.as != "":
		return []discord.Option{discord.As(m.as)}
	}
	return nil
}

func (p *onDiscord) Edit(ctx context.Context, post Post, text string) error {
	return p.sim.Edit(ctx, post.ID, text)
}

func (p *onDiscord) TakeBack(ctx context.Context, post Post) error { return p.Remove(ctx, post) }

func (p *onDiscord) Remove(ctx context.Context, post Post) error { return p.sim.Delete(ctx, post.ID) }

func (p *onDiscord) React(ctx context.Context, post Post, emoji string, how ...How) error {
	return p.sim.React(ctx, post.ID, emoji, discordWho(mannerOf(how))...)
}

func (p *onDiscord) Press(ctx context.Context, post Post, button string, how ...How) (string, error) {
	pressed, err := p.sim.Press(ctx, post.ID, button, discordWho(mannerOf(how))...)
	if err != nil {
		return "", err
	}
	return p.answered(ctx, pressed)
}

// answered waits for what a person is told who has pressed or commanded something.
func (p *onDiscord) answered(ctx context.Context, i discord.Interaction) (string, error) {
	i, err := p.sim.AwaitAnswer(ctx, i.ID)
	if err != nil {
		return "", err
	}
	if i.Verdict != discord.VerdictAnswered {
		return "", fmt.Errorf("%w: %s", errUnanswered, i.Verdict)
	}
	return i.Text, nil
}

func (p *onDiscord) CloseThread(ctx context.Context, thread string) error {
	return p.sim.CloseThread(ctx, thread)
}

func (p *onDiscord) ReopenThread(ctx context.Context, thread string) error {
	return p.sim.ReopenThread(ctx, thread)
}

func (p *onDiscord) DeleteThread(ctx context.Context, thread string) error {
	return p.sim.DeleteThread(ctx, thread)
}
