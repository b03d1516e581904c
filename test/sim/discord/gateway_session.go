package discord

import (
	"slices"
	"time"
)

// session is what a client can resume.
type session struct {
	ID         string
	Intents    int
	Seq        int64
	Identified time.Time
	Resumes    int
	Left       time.Time // when the connection was lost
	Browser    string
	conn       *conn // nil: not connected
	buffer     []sent
}

// sent is one event that may have to be replayed.
type sent struct {
	seq  int64
	at   time.Time
	data []byte
}

// reaches says whether everything after seq is still there.
func (sess *session) reaches(seq int64) bool {
	return seq >= sess.Seq || len(sess.buffer) > 0 && sess.buffer[0].seq <= seq+1
}

// Session is one gateway session as it was when asked for.
type Session struct {
	ID         string    `json:"id"`
	Intents    int       `json:"intents"`
	Seq        int64     `json:"seq"` // of the newest event
	Connected  bool      `json:"connected"`
	Identified time.Time `json:"identified"`
	Resumes    int       `json:"resumes"`
	Browser    string    `json:"browser,omitempty"` // what the client says it is
}

// begins makes a session of a connection. The caller holds mu.
func (s *Server) begins(c *conn, in identifyData) {
	w := s.world
	sess := &session{
		ID: s.secret(32), Intents: *in.Intents, Identified: s.clock.Now(), Browser: clip(in.Properties.Browser, 100), conn: c,
	}
	s.gateway.sessions[sess.ID] = sess
	c.session = sess
	guilds := []map[string]any{}
	if !w.Guild.Left {
		guilds = append(guilds, map[string]any{"id": w.Guild.ID, "unavailable": true})
	}
	ready := map[string]any{
		"v": 10, "user": w.bot().wire(), "guilds": guilds, "session_id": sess.ID, "session_type": "normal",
		"resume_gateway_url": s.GatewayURL() + "/resume", "private_channels": []any{}, "presences": []any{},
		"relationships": []any{}, "application": map[string]any{"id": w.App.ID, "flags": w.appFlags()}, "_trace": []string{},
	}
	if in.Shard != nil {
		ready["shard"] = in.Shard
	}
	s.dispatch(sess, "READY", raw(ready), dispatchOptions{})
	if !w.Guild.Left && sess.Intents&intentGuilds != 0 {
		s.dispatch(sess, "GUILD_CREATE", raw(s.guildCreate()), dispatchOptions{})
	}
}

type wireGuildCreate struct {
	wireGuild
	JoinedAt    string         `json:"joined_at"`
	Large       bool           `json:"large"`
	Unavailable bool           `json:"unavailable"`
	MemberCount int            `json:"member_count"`
	VoiceStates []any          `json:"voice_states"`
	Members     []*wireMember  `json:"members"`
	Channels    []*wireChannel `json:"channels"`
	Threads     []*wireChannel `json:"threads"`
	Presences   []any          `json:"presences"`
	Stages      []any          `json:"stage_instances"`
	Scheduled   []any          `json:"guild_scheduled_events"`
	Soundboard  []any          `json:"soundboard_sounds"`
}

// guildCreate is the guild with its channels and the active threads that the bot sees.
func (s *Server) guildCreate() wireGuildCreate {
	w := s.world
	out := wireGuildCreate{
		wireGuild: w.wireGuild(), JoinedAt: stamp(w.Members[w.App.ID].JoinedAt), MemberCount: len(w.Members),
		VoiceStates: []any{}, Members: []*wireMember{w.wireFullMember(w.App.ID)}, Channels: []*wireChannel{},
		Threads: []*wireChannel{}, Presences: []any{}, Stages: []any{}, Scheduled: []any{}, Soundboard: []any{},
	}
	for _, id := range w.Order {
		ch := w.Channels[id]
		switch {
		case ch.Deleted || ch.Archived || !w.may(ch, permViewChannel):
		case ch.isThread():
			out.Threads = append(out.Threads, s.wireChannel(ch))
		default:
			out.Channels = append(out.Channels, s.wireChannel(ch))
		}
	}
	return out
}

// dispatchOptions say how one event is disturbed.
type dispatchOptions struct{ after time.Time }

// dispatch gives an event the session's next sequence number and sends it, now or when the session is resumed. The caller
// holds mu.
func (s *Server) dispatch(sess *session, name string, data []byte, o dispatchOptions) {
	sess.Seq++
	seq := sess.Seq
	e := sent{seq: seq, at: s.clock.Now(), data: raw(frame{Op: opDispatch, Data: data, Seq: &seq, Type: &name})}
	sess.buffer = append(sess.buffer, e)
	if len(sess.buffer) >= 2*s.opts.ResumeEvents {
		sess.buffer = slices.Clone(sess.buffer[len(sess.buffer)-s.opts.ResumeEvents:])
	}
	if sess.conn != nil {
		sess.conn.push(outgoing{data: e.data, after: o.after})
	}
}

// forgetSessions drops the sessions that were lost for too long. The caller holds mu.
func (s *Server) forgetSessions() {
	now := s.clock.Now()
	for id, sess := range s.gateway.sessions {
		if sess.conn == nil && now.Sub(sess.Left) > s.opts.ResumeFor {
			delete(s.gateway.sessions, id)
		}
	}
}
