package team

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func (p *onDiscord) Posts(thread string) []Post {
	var posts []Post
	for _, m := range p.messages(thread) {
		if !m.System() {
			posts = append(posts, p.post(m))
		}
	}
	return posts
}

// bot tells whether a user is Bellhop's.
func (p *onDiscord) bot(id string) bool { return id == p.sim.ApplicationID() }

func (p *onDiscord) post(m discord.Message) Post {
	post := Post{
		Thread: m.ChannelID, ID: m.ID, ByBot: p.bot(m.Author.ID) || m.WebhookID != "", From: m.Author.Name, At: m.At, Text: seen(m),
		Deleted: m.Deleted, Edits: len(m.History), ReplyTo: m.ReplyTo, Notified: m.Notified, Masked: m.Masked(), OnlyFor: m.OnlyFor,
	}
	if post.Edits == 0 && !m.EditedAt.IsZero() {
		post.Edits = 1 // of an embed, whose earlier versions nobody keeps
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			post.Buttons = append(post.Buttons, b.Label)
		}
	}
	for _, r := range m.Reactions {
		post.Marks = append(post.Marks, Mark{r.Emoji, p.bot(r.UserID)})
	}
	for _, a := range m.Attachments {
		post.Files = append(post.Files, File{
			ID: a.ID, Name: a.Name, MIME: a.MIME, Size: a.Size, Digest: a.Digest, Picture: strings.HasPrefix(a.MIME, "image/"),
		})
	}
	return post
}

// seen is what a person sees of a message: not the zero width spaces that break up mentions.
func seen(m discord.Message) string { return strings.ReplaceAll(m.Read(), "\u200b", "") }

func (p *onDiscord) Bytes(f File) []byte {
	data, _, _ := p.sim.File(f.ID)
	return data
}

func (p *onDiscord) Pinged() []Post {
	var posts []Post
	for _, m := range p.sim.State().Pinged() {
		posts = append(posts, p.post(m))
	}
	return posts
}

func (p *onDiscord) Everywhere() []Post {
	posts := Standing(p, p.sim.ChannelID())
	for _, t := range p.sim.Threads() {
		posts = append(posts, Standing(p, t.ID)...)
	}
	return posts
}

func (p *onDiscord) Complaints() []string {
	var all []string
	for _, w := range p.sim.Warnings() {
		all = append(all, w.Method+": "+w.Text)
	}
	for _, d := range p.sim.State().Deliveries() {
		if !d.Good && !d.Late {
			all = append(all, fmt.Sprintf("an interaction (forged: %q) was answered %d", d.Forged, d.Status))
		}
	}
	return all
}

// discordCalls are the calls that an action takes.
var discordCalls = map[Action][]string{
	Anything: {""}, Opening: {"createThread"}, Posting: {"createMessage"}, Editing: {"editMessage"}, Deleting: {"deleteMessage"},
	Closing: {"editChannel"}, Reopening: {"editChannel"}, Attaching: {"createMessage"},
}

func (p *onDiscord) Disturb(t Trouble) Disturbance {
	d := disturbance{release: p.sim.Release, hits: func(id int) int { return hitsOf(p.sim.Faults(), id) }}
	for _, method := range discordCalls[t.With] {
		d.ids = append(d.ids, p.sim.Fault(t.fault(method)))
	}
	return d
}

func hitsOf(faults []fault.Fault, id int) int {
	if i := slices.IndexFunc(faults, func(f fault.Fault) bool { return f.ID == id }); i >= 0 {
		return faults[i].Hits
	}
	return 0
}

func hitsOfDelivery(faults []fault.Delivery, id int) int {
	if i := slices.IndexFunc(faults, func(f fault.Delivery) bool { return f.ID == id }); i >= 0 {
		return faults[i].Hits
	}
	return 0
}

func (p *onDiscord) Garble(m Mishap) Disturbance {
	id := p.sim.DisturbDelivery(m.delivery("MESSAGE_CREATE"))
	return disturbance{ids: []int{id}, release: p.sim.Release, hits: func(id int) int { return hitsOfDelivery(p.sim.DeliveryFaults(), id) }}
}

func (p *onDiscord) Calm() { p.sim.ClearFaults() }

func (p *onDiscord) Calls(a Action) (n int) {
	for _, method := range discordCalls[a] {
		n += p.sim.State().RequestCount(method)
	}
	return n
}

func (p *onDiscord) Strain() Strain {
	limits := p.sim.Limits()
	return Strain{limits.Denied, limits.Violations}
}

func (p *onDiscord) ReplaceToken() { p.sim.ReplaceToken(p.sim.Token() + "x") }

// Told is so at once: a gateway sends, or whoever resumes is sent what was missed.
func (p *onDiscord) Told() bool { return p.sim.State().Connected() }

func (p *onDiscord) WaitFor(ctx context.Context, condition func() bool) error {
	return p.sim.WaitFor(ctx, func(discord.State) bool { return condition() })
}
