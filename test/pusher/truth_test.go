package pusher

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// truth is who is where.
func (m *model) truth() (in map[string][]string, online map[string]bool, sockets int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sets := map[string]map[string]bool{}
	online = map[string]bool{}
	for p := range m.members {
		if p.ended() {
			delete(m.members, p)
			continue
		}
		online[p.user] = true
		sockets++
		for _, room := range rooms {
			if _, in, _ := p.sees(room); in {
				if sets[room] == nil {
					sets[room] = map[string]bool{}
				}
				sets[room][p.user] = true
			}
		}
	}
	in = map[string][]string{}
	for room, set := range sets {
		in[room] = slices.Sorted(maps.Keys(set))
	}
	return in, online, sockets
}

// agree waits until everybody knows who is where.
func (m *model) agree() {
	m.t.Helper()
	var wrong []string
	for end := time.Now().Add(calm); time.Now().Before(end); visitor.Sleep(m.t.Context(), 50*time.Millisecond) {
		if wrong = m.wrong(); len(wrong) == 0 {
			return
		}
	}
	for p := range m.members {
		m.t.Logf("%s at %s heard\n%s", p.user, m.members[p].addr, strings.Join(p.frames, "\n"))
	}
	m.t.Errorf("it is not known who is where:\n%s", strings.Join(wrong, "\n"))
}

// wrong says who does not know.
func (m *model) wrong() (wrong []string) {
	in, _, sockets := m.truth()
	ctx := m.t.Context()
	m.mu.Lock()
	for p, g := range m.members {
		for _, room := range rooms {
			sees, is, asked := p.sees(room)
			if asked != is || is && !slices.Equal(sees, in[room]) {
				wrong = append(wrong, fmt.Sprintf("%s at %s sees %q in %s (%v), where %q are", p.user, g.addr, sees, room, is, in[room]))
			}
		}
	}
	m.mu.Unlock()
	for _, room := range rooms {
		known, err := m.backend.Users(ctx, room)
		slices.Sort(known)
		if err != nil || !slices.Equal(known, in[room]) {
			wrong = append(wrong, fmt.Sprintf("the API knows %q in %s, where %q are (%v)", known, room, in[room], err))
		}
	}
	counted, err := m.backend.Channel(ctx, public, channels.SubscriptionCount)
	if err != nil || counted.SubscriptionCount == nil || *counted.SubscriptionCount != sockets {
		wrong = append(wrong, fmt.Sprintf("the API knows %+v in %s, where %d are (%v)", counted, public, sockets, err))
	}
	return wrong
}

// judge reads what everybody was told, and what was told of users.
func (m *model) judge(watcher *member) {
	m.t.Helper()
	_, online, _ := m.truth()
	knows := func() (wrong []string) {
		watcher.mu.Lock()
		defer watcher.mu.Unlock()
		for user, is := range watcher.online {
			if is != online[user] {
				wrong = append(wrong, fmt.Sprint(user, " is said to be online: ", is))
			}
		}
		return wrong
	}
	for end := time.Now().Add(calm); len(knows()) > 0 && time.Now().Before(end); visitor.Sleep(m.t.Context(), 50*time.Millisecond) {
	}
	if wrong := knows(); len(wrong) > 0 {
		m.t.Errorf("%q; %q", wrong, watcher.frames)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	heard := 0
	for p := range m.members {
		p.mu.Lock()
		heard += len(p.frames)
		if len(p.faults) > 0 {
			m.t.Errorf("%s at %s: %q\n%s", p.user, m.members[p].addr, p.faults, strings.Join(p.frames, "\n"))
		}
		p.mu.Unlock()
	}
	m.t.Logf("%d sockets at the end, which heard %d frames; %d gateways", len(m.members), heard, m.made)
}
