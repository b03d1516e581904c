package team

import (
	"context"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// Posts has what one person alone is shown in the thread as well.
func (p *onSlack) Posts(thread string) []Post {
	messages := p.sim.State().Messages(thread)
	for _, m := range p.sim.State().Messages("") {
		if m.Ephemeral != "" && m.ThreadTS == thread && thread != "" {
			messages = append(messages, m)
		}
	}
	var posts []Post
	for _, m := range messages {
		posts = append(posts, p.post(m))
	}
	return posts
}

func (p *onSlack) post(m slack.Message) Post {
	post := Post{
		Thread: m.Root(), ID: m.TS, ByBot: m.FromBot(), From: m.From.RealName, At: m.Date, Text: m.Read(), Deleted: m.Deleted || m.Tombstone,
		Edits: len(m.History), Notified: m.Notified, Masked: slackMasked(m), OnlyFor: m.Ephemeral,
	}
	if line, _, _ := strings.Cut(m.Read(), "\n"); strings.HasPrefix(line, "> ") {
		post.Quote = line[len("> "):]
	}
	for _, b := range m.Buttons {
		post.Buttons = append(post.Buttons, b.Text)
	}
	for _, r := range m.Reactions {
		for _, user := range r.Users {
			post.Marks = append(post.Marks, Mark{emoji.Char(r.Name), user == slack.BotUserID})
		}
	}
	for _, id := range m.Files {
		f, _, _ := p.sim.State().File(id)
		post.Files = append(post.Files, File{
			ID: id, Name: f.Name, MIME: f.MIME, Size: f.Size, Digest: f.Digest, Picture: strings.HasPrefix(f.MIME, "image/"),
		})
	}
	return post
}

// slackMasked are the addresses that hide behind other words, in the text and in the blocks.
func slackMasked(m slack.Message) (addresses []string) {
	texts := []string{m.Text}
	if set, _, err := block.Parse(m.Blocks, func() string { return "" }); err == nil {
		for _, t := range set.Texts {
			if !t.Plain {
				texts = append(texts, t.Value)
			}
		}
	}
	for _, text := range texts {
		for _, token := range mrkdwn.Tokens(text) {
			if token.Kind == mrkdwn.Link && token.Label != "" && token.Label != token.Value {
				addresses = append(addresses, token.Value)
			}
		}
	}
	return addresses
}

func (p *onSlack) Bytes(f File) []byte {
	_, data, _ := p.sim.State().File(f.ID)
	return data
}

func (p *onSlack) Pinged() []Post {
	var posts []Post
	for _, m := range p.sim.State().Pinged() {
		posts = append(posts, p.post(m))
	}
	return posts
}

func (p *onSlack) Everywhere() []Post {
	var posts []Post
	for _, t := range p.sim.Threads() {
		posts = append(posts, Standing(p, t.TS)...)
	}
	return posts
}

func (p *onSlack) Complaints() []string {
	var all []string
	for _, w := range p.sim.Warnings() {
		all = append(all, w.Method+": "+w.Text)
	}
	for range p.sim.State().Fooled() {
		all = append(all, "a forged request was believed")
	}
	for _, d := range p.sim.State().Lost() {
		all = append(all, "a "+d.Kind+" was never taken")
	}
	return all
}

// slackCalls are the methods that an action takes.
var slackCalls = map[Action][]string{
	Anything: {""}, Opening: {"chat.postMessage"}, Posting: {"chat.postMessage"}, Editing: {"chat.update"}, Deleting: {"chat.delete"},
	Closing: {"chat.update"}, Reopening: {"chat.update"}, Attaching: {"files.completeUploadExternal"},
}

func (p *onSlack) Disturb(t Trouble) Disturbance {
	d := disturbance{release: p.sim.Release, hits: func(id int) int { return hitsOf(p.sim.Faults(), id) }}
	for _, method := range slackCalls[t.With] {
		d.ids = append(d.ids, p.sim.Fault(t.fault(method)))
	}
	return d
}

func (p *onSlack) Garble(m Mishap) Disturbance {
	id := p.sim.DisturbDelivery(m.delivery("message"))
	return disturbance{ids: []int{id}, release: p.sim.Release, hits: func(id int) int { return hitsOfDelivery(p.sim.DeliveryFaults(), id) }}
}

func (p *onSlack) Calm() { p.sim.ClearFaults() }

func (p *onSlack) Calls(a Action) (n int) {
	for _, method := range slices.Compact(slices.Clone(slackCalls[a])) {
		n += p.sim.State().RequestCount(method)
	}
	return n
}

func (p *onSlack) Strain() Strain {
	limits := p.sim.Limits()
	return Strain{limits.Denied, limits.Violations}
}

func (p *onSlack) ReplaceToken() { p.sim.ReplaceToken(p.sim.Token() + "x") }

func (p *onSlack) Told() bool { return p.sim.State().PendingEvents() == 0 }

func (p *onSlack) WaitFor(ctx context.Context, condition func() bool) error {
	return p.sim.WaitFor(ctx, func(slack.State) bool { return condition() })
}
