package team

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

func (p *onTelegram) Posts(thread string) []Post {
	chat, topic := topicOf(thread)
	var posts []Post
	for _, m := range p.sim.State().In(chat).Messages(topic) {
		if m.Service == nil {
			posts = append(posts, p.post(m))
		}
	}
	return posts
}

// bot tells whether a user is Bellhop's.
func (p *onTelegram) bot(id int64) bool {
	before, _, _ := strings.Cut(p.token, ":")
	return strconv.FormatInt(id, 10) == before
}

func (p *onTelegram) post(m telegram.Message) Post {
	post := Post{
		Thread: topicKey(m.ChatID, m.TopicID), ID: strconv.FormatInt(m.ID, 10), ByBot: p.bot(m.From.ID), From: m.From.FirstName, At: m.Date,
		Text: m.Text, Deleted: m.Deleted, Stray: m.Unanswered, Edits: len(m.History), Notified: m.Notified, Files: telegramMedia(m.Media),
	}
	if m.ReplyTo != 0 {
		post.ReplyTo = strconv.FormatInt(m.ReplyTo, 10)
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			post.Buttons = append(post.Buttons, b.Text)
		}
	}
	for _, r := range m.Reactions {
		post.Marks = append(post.Marks, Mark{r.Emoji, p.bot(r.UserID)})
	}
	for _, e := range m.Entities {
		if e.Type == "text_link" && markup.Slice(m.Text, e) != e.URL {
			post.Masked = append(post.Masked, e.URL)
		}
	}
	return post
}

func telegramMedia(media *telegram.Media) []File {
	if media == nil {
		return nil
	}
	f := media.Files[len(media.Files)-1]
	return []File{{ID: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Digest: f.Digest, Picture: media.Kind == "photo"}}
}

func (p *onTelegram) Bytes(f File) []byte {
	data, _, _ := p.sim.File(f.ID)
	return data
}

func (p *onTelegram) Pinged() []Post {
	var posts []Post
	for _, m := range p.sim.State().Pinged() {
		posts = append(posts, p.post(m))
	}
	return posts
}

func (p *onTelegram) Everywhere() []Post {
	var posts []Post
	state := p.sim.State()
	for _, chat := range state.Chats() {
		posts = append(posts, Standing(p, topicKey(chat.ID, 0))...)
		for _, t := range state.In(chat.ID).Topics() {
			posts = append(posts, Standing(p, topicKey(chat.ID, t.ID))...)
		}
	}
	return posts
}

func (p *onTelegram) Complaints() []string {
	var all []string
	for _, w := range p.sim.Warnings() {
		all = append(all, w.Method+": "+w.Text)
	}
	for _, d := range p.sim.Deliveries() {
		if d.Forged && d.Accepted {
			all = append(all, "a forged update was believed")
		}
	}
	return all
}

// telegramCalls are the methods that an action takes.
var telegramCalls = map[Action][]string{
	Anything: {""}, Opening: {"createForumTopic"}, Posting: {"sendMessage"}, Editing: {"editMessageText"}, Deleting: {"deleteMessage"},
	Closing: {"closeForumTopic"}, Reopening: {"reopenForumTopic"}, Attaching: {"sendPhoto", "sendDocument", "sendMediaGroup"},
}

func (p *onTelegram) Disturb(t Trouble) Disturbance {
	_, topic := topicOf(t.Thread)
	d := disturbance{release: p.sim.Release, hits: func(id int) int {
		faults := p.sim.Faults()
		if i := slices.IndexFunc(faults, func(f telegram.Fault) bool { return f.ID == id }); i >= 0 {
			return faults[i].Hits
		}
		return 0
	}}
	for _, method := range telegramCalls[t.With] {
		f := telegram.Fault{
			Method: method, TopicID: topic, Nth: t.Nth, Times: t.Times, Probability: t.Chance, Latency: t.Latency, Hang: t.Hang,
			Status: t.Status,
		}
		if t.Status == http.StatusTooManyRequests {
			f.RetryAfter = int(max(t.After.Round(time.Second), time.Second) / time.Second)
		}
		switch {
		case t.Cut:
			f.Reset = telegram.ResetBefore
		case t.Unanswered:
			f.Reset = telegram.ResetAfter
		}
		d.ids = append(d.ids, p.sim.Fault(f))
	}
	return d
}

func (p *onTelegram) Garble(m Mishap) Disturbance {
	f := telegram.DeliveryFault{Kind: "message", Times: m.Times, Duplicate: m.Copies, DropAck: m.AckLost, Secret: m.Forged, Delay: m.Delay}
	hits := func(id int) int {
		faults := p.sim.DeliveryFaults()
		if i := slices.IndexFunc(faults, func(f telegram.DeliveryFault) bool { return f.ID == id }); i >= 0 {
			return faults[i].Hits
		}
		return 0
	}
	return disturbance{ids: []int{p.sim.DisturbDelivery(f)}, release: p.sim.Release, hits: hits}
}

func (p *onTelegram) Calm() { p.sim.ClearFaults() }

func (p *onTelegram) Calls(a Action) (n int) {
	for _, method := range telegramCalls[a] {
		n += p.sim.State().RequestCount(method)
	}
	return n
}

func (p *onTelegram) Strain() Strain {
	limits := p.sim.Limits()
	return Strain{limits.Denied, limits.Violations}
}

func (p *onTelegram) ReplaceToken() { p.sim.ReplaceToken(p.sim.Token() + "x") }

func (p *onTelegram) Told() bool { return p.sim.State().PendingUpdates() == 0 }

func (p *onTelegram) WaitFor(ctx context.Context, condition func() bool) error {
	return p.sim.WaitFor(ctx, func(telegram.State) bool { return condition() })
}
