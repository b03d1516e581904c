package discord

import (
	"context"
	"strings"
	"sync"
	"time"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
)

// homeFor is how long what the channel is like is believed: tags are changed seldom.
const homeFor = 5 * time.Minute

// home is the channel in which threads are opened.
type home struct {
	client *api.Client
	id     string

	mu      sync.Mutex
	channel api.Channel
	asked   time.Time
}

// get is what the channel is like. While Discord does not answer, what is known of it is right.
func (h *home) get(ctx context.Context) (api.Channel, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.asked.IsZero() && time.Since(h.asked) < homeFor {
		return h.channel, nil
	}
	channel, err := h.client.GetChannel(ctx, h.id)
	switch {
	case err == nil:
		h.channel, h.asked = channel, time.Now()
	case h.asked.IsZero() || api.KindOf(err) != api.KindUnknown && api.KindOf(err) != api.KindUnreachable:
		return api.Channel{}, err
	}
	return h.channel, nil
}

// forget has the next get ask.
func (h *home) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = time.Time{}
}

// tag is the id of a forum's tag of a name; empty for none.
func tag(c api.Channel, name string) string {
	for _, t := range c.Tags {
		if strings.EqualFold(strings.TrimSpace(t.Name), name) {
			return t.ID
		}
	}
	return ""
}

// Tags that say how a conversation stands, if the forum has them.
const (
	tagOpen   = "open"
	tagClosed = "closed"
)

// firstTags are a new post's: open, else any where the forum wants one.
func firstTags(c api.Channel) []string {
	if id := tag(c, tagOpen); id != "" {
		return []string{id}
	}
	if c.RequiresTag() {
		for _, t := range c.Tags {
			if !t.Moderated && !strings.EqualFold(t.Name, tagClosed) {
				return []string{t.ID}
			}
		}
	}
	return nil
}

// turned are a thread's tags with on instead of off; nil where nothing is to be changed. The team's own stay.
func turned(home, thread api.Channel, on, off string) *[]string {
	on, off = tag(home, on), tag(home, off)
	if on == "" && off == "" {
		return nil
	}
	tags := make([]string, 0, len(thread.AppliedTags)+1)
	has := on == ""
	for _, id := range thread.AppliedTags {
		if id == off && id != "" {
			continue
		}
		has = has || id == on
		tags = append(tags, id)
	}
	if !has && len(tags) < api.MaxTags {
		tags = append(tags, on)
	}
	if len(tags) == 0 && home.RequiresTag() {
		return nil
	}
	return &tags
}
