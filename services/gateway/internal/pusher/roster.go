package pusher

import (
	"encoding/json"
	"maps"

	"go.uber.org/zap"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// told hears from the sessions service what changed in a channel.
func (s *Server) told(c bus.Channel, payload []byte) {
	room := s.rooms.find(c.Name)
	watched := s.watched.has(c.Name)
	if room == nil && !watched {
		return
	}
	var news sessionsv1.Roster
	if err := protojson.Unmarshal(payload, &news); err != nil {
		s.Log.Warn("announcement cannot be read", zap.Error(err))
		return
	}
	s.reports.heard(news.GetVersion())
	if watched {
		s.watched.heard(c.Name, news.GetVersion(), news.GetSockets() > 0)
	}
	if room != nil {
		room.mu.Lock()
		defer room.mu.Unlock()
		room.told(&news)
	}
}

// told brings the room up to date, or has it looked up when something was missed. The room is locked.
func (r *room) told(news *sessionsv1.Roster) {
	r.counted(news.GetVersion(), news.GetSockets())
	p := &r.presence
	switch {
	case !p.known: // the answer that is awaited may be older
		p.heard = max(p.heard, news.GetVersion())
	case news.GetVersion() <= p.version:
	case news.GetAfter() != p.version:
		if news.GetVersion() > p.heard { // whatever was missed: he has come, even if the state is not believed that says so
			p.heard = news.GetVersion()
			r.change(p.missing(news.GetAdded()), nil)
		}
		r.server.reports.look(r)
	default:
		p.version = news.GetVersion()
		r.change(p.missing(news.GetAdded()), news.GetRemoved())
	}
}

// missing are those who are not in the roster.
func (p *presence) missing(members []*sessionsv1.Member) map[string]string {
	added := map[string]string{}
	for _, m := range members {
		if _, in := p.roster[m.GetUser()]; !in {
			added[m.GetUser()] = m.GetInfo()
		}
	}
	return added
}

// stands brings the room up to date with how the channel stands. The room is locked.
func (r *room) stands(now *sessionsv1.Standing, settled bool) {
	r.counted(now.GetVersion(), now.GetSockets())
	p := &r.presence
	if !r.kind.presence || p.known && now.GetVersion() <= p.version && !p.doubtful {
		return
	}
	members, added := map[string]string{}, p.missing(now.GetMembers())
	for _, m := range now.GetMembers() {
		members[m.GetUser()] = m.GetInfo()
	}
	var removed []string
	for user := range p.roster {
		if _, in := members[user]; !in {
			removed = append(removed, user)
		}
	}
	first := !p.known
	if p.doubtful = false; !settled {
		// Who is not there any more may only not have been reported yet; who is, by others alone, may have left with what the state has lost.
		believed := len(added)
		maps.DeleteFunc(added, func(user, _ string) bool { return !p.at(user) })
		p.doubtful = !first && len(added) < believed || len(removed) > 0
		removed = nil
	}
	p.known, p.version = true, max(p.version, now.GetVersion())
	if first {
		p.roster, p.success = members, nil
		if p.heard > p.version {
			r.server.reports.look(r)
		}
		return
	}
	r.change(added, removed)
}

// change tells everybody who is in who came and who went, but for themselves. The room is locked.
func (r *room) change(added map[string]string, removed []string) {
	p := &r.presence
	if p.roster == nil {
		p.roster = map[string]string{}
	}
	p.success = nil
	maps.Copy(p.roster, added)
	for user, info := range added {
		data := say("pusher_internal:member_added", r.name, memberAdded{user, infoOf(info)})
		r.pushTo(data, func(s *seat) bool { return s.user != user })
	}
	for _, user := range removed {
		if _, in := p.roster[user]; !in {
			continue
		}
		delete(p.roster, user)
		data := say("pusher_internal:member_removed", r.name, memberRemoved{user})
		r.pushTo(data, func(s *seat) bool { return s.user != user })
	}
}

type memberAdded struct {
	User string          `json:"user_id"`
	Info json.RawMessage `json:"user_info"`
}

type memberRemoved struct {
	User string `json:"user_id"`
}
