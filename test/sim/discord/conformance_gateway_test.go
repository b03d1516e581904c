//go:build !race

// The client library's gateway races with itself when it closes (v0.19.6: CloseWithCode against listen and heartbeat), so that these
// tests run only without the race detector; `make test` runs them in a second go. What the simulator does here it does under
// the race detector in gateway_test.go, where it is spoken to by hand.
package discord_test

import (
	"context"
	"testing"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"

	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
)

// listener is the library's gateway client and what it heard.
type listener struct {
	gateway.Gateway
	events chan gateway.EventData
}

func (b *bot) listen(options ...gateway.ConfigOpt) *listener {
	b.t.Helper()
	l := &listener{events: make(chan gateway.EventData, 100)}
	options = append([]gateway.ConfigOpt{
		gateway.WithURL(b.sim.GatewayURL()), gateway.WithCompression(gateway.CompressionNone), gateway.WithLogger(silent()),
		gateway.WithIntents(gateway.IntentGuilds, gateway.IntentGuildMessages, gateway.IntentGuildMessageReactions,
			gateway.IntentGuildMessageTyping, gateway.IntentMessageContent),
	}, options...)
	l.Gateway = gateway.New(b.sim.Token(), func(_ gateway.Gateway, _ gateway.EventType, _ int, e gateway.EventData) {
		l.events <- e
	}, options...)
	must(b.t, l.Open(deadline(b.t)))
	b.t.Cleanup(func() { l.Close(context.Background()) })
	return l
}

// heard waits for an event of a type.
func heard[E gateway.EventData](t *testing.T, l *listener) E {
	t.Helper()
	for {
		select {
		case e := <-l.events:
			if found, ok := e.(E); ok {
				return found
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no %T came", *new(E))
		}
	}
}

func TestConformanceOfTheGateway(t *testing.T) {
	for name, compression := range map[string]gateway.CompressionType{
		"plain": gateway.CompressionNone, "zlib": gateway.CompressionZlibStream,
	} {
		t.Run(name, func(t *testing.T) {
			b := unlimited(t)
			open := b.post("Ben", "waits")
			l := b.listen(gateway.WithCompression(compression))
			guild := heard[gateway.EventGuildCreate](t, l)
			if len(guild.Channels) != 1 || len(guild.Threads) != 1 || guild.Threads[0].ID().String() != open {
				t.Fatalf("guild: %+v", guild.Guild)
			}
			thread := b.post("Ana", "hello")
			if made := heard[gateway.EventThreadCreate](t, l); made.Name() != "Ana" || !made.NewlyCreated {
				t.Fatalf("thread: %+v", made)
			}
			ctx := deadline(t)
			said, err := b.sim.Say(ctx, thread, "Hi!", sim.As("Olga"))
			must(t, err)
			for {
				if m := heard[gateway.EventMessageCreate](t, l); m.ID.String() == said.ID {
					if m.Content != "Hi!" || *m.Author.GlobalName != "Olga" || m.Member == nil || m.GuildID.String() != b.sim.GuildID() {
						t.Fatalf("message: %+v", m)
					}
					break
				}
			}
			must(t, b.sim.Edit(ctx, said.ID, "Hi Ana!"))
			heard[gateway.EventMessageUpdate](t, l)
			must(t, b.sim.React(ctx, said.ID, "👍"))
			heard[gateway.EventMessageReactionAdd](t, l)
			must(t, b.sim.Typing(ctx, thread))
			heard[gateway.EventTypingStart](t, l)
			must(t, b.sim.CloseThread(ctx, thread))
			if closed := heard[gateway.EventThreadUpdate](t, l); !closed.ThreadMetadata.Locked {
				t.Fatalf("closed: %+v", closed)
			}
			must(t, b.sim.DeleteThread(ctx, thread))
			heard[gateway.EventThreadDelete](t, l)
		})
	}
}

func TestConformanceOfInteractions(t *testing.T) {
	b := unlimited(t)
	l, api := b.listen(), b.library()
	thread := b.post("Ana", "hello")
	card := b.sends(thread, fields{"content": "card", "components": buttons("Close", "c:1")})
	pressed, err := b.sim.Press(deadline(t), card.ID, "Close", sim.As("Olga"))
	must(t, err)
	i, ok := heard[gateway.EventInteractionCreate](t, l).Interaction.(discord.ComponentInteraction)
	if !ok || i.Data.CustomID() != "c:1" || i.Member().User.Username != "olga" || i.Message.ID.String() != card.ID {
		t.Fatalf("interaction: %+v", i)
	}
	err = api.CreateInteractionResponse(i.ID(), i.Token(), discord.InteractionResponse{
		Type: discord.InteractionResponseTypeCreateMessage,
		Data: discord.MessageCreate{Content: "closed", Flags: discord.MessageFlagEphemeral},
	})
	must(t, err)
	if got := b.sim.State().Interaction(pressed.ID); got.Verdict != sim.VerdictAnswered || !got.Ephemeral || got.Text != "closed" {
		t.Fatalf("answered: %+v", got)
	}
}

func TestConformanceOfResumption(t *testing.T) {
	b := unlimited(t)
	l := b.listen()
	heard[gateway.EventGuildCreate](t, l)
	thread := b.post("Ana", "hello")
	heard[gateway.EventMessageCreate](t, l)
	b.sim.AskReconnect()
	heard[gateway.EventResumed](t, l)
	b.sim.CloseGateway(4000)
	b.wait(func(v sim.State) bool { return !v.Connected() })
	said, err := b.sim.Say(deadline(t), thread, "missed")
	must(t, err)
	if m := heard[gateway.EventMessageCreate](t, l); m.ID.String() != said.ID {
		t.Fatalf("missed: %+v", m)
	}
	heard[gateway.EventResumed](t, l)
	b.sim.InvalidateSession(false)
	heard[gateway.EventReady](t, l)
	if s := b.sim.State().Sessions(); len(s) != 1 {
		t.Fatalf("sessions: %+v", s)
	}
}
