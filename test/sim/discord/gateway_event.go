package discord

// Gateway intents.
const (
	intentGuilds    = 1 << 0
	intentMembers   = 1 << 1
	intentPresences = 1 << 8
	intentMessages  = 1 << 9
	intentReactions = 1 << 10
	intentTyping    = 1 << 11
	intentContent   = 1 << 15

	knownIntents = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// privileged intents are switched on in the portal.
var privileged = map[string]int{
	"GUILD_MEMBERS": intentMembers, "GUILD_PRESENCES": intentPresences, "MESSAGE_CONTENT": intentContent,
}

// event is something that clients are told of.
type event struct {
	Name    string
	Intent  int      // 0: everybody is told
	Channel *channel // whoever cannot see it is not told; nil: everybody can
	Data    []byte
	Blank   []byte // for sessions without MESSAGE_CONTENT; nil: the same
}

// emit tells every session that asked for such events. The caller holds mu.
func (s *Server) emit(e event) {
	if len(s.gateway.sessions) == 0 || e.Channel != nil && !s.world.may(e.Channel, permViewChannel) {
		return
	}
	if s.world.Guild.Left && e.Name != "GUILD_DELETE" {
		return
	}
	copies := 1
	var o dispatchOptions
	for _, d := range s.faults.MatchDelivery(e.Name, nil) {
		copies += d.Duplicate
		if d.Delay > 0 {
			o.after = s.clock.Now().Add(d.Delay)
		}
		if d.Lose {
			return
		}
	}
	s.forgetSessions()
	for _, sess := range s.gateway.sessions {
		if e.Intent != 0 && sess.Intents&e.Intent == 0 {
			continue
		}
		data := e.Data
		if e.Blank != nil && sess.Intents&intentContent == 0 {
			data = e.Blank
		}
		for range copies {
			s.dispatch(sess, e.Name, data, o)
		}
	}
}

// emitMessage tells of a message, with guild and member. The caller holds mu.
func (s *Server) emitMessage(name string, ch *channel, m *Message) {
	if len(s.gateway.sessions) == 0 {
		return
	}
	out := s.wireMessage(m)
	out.GuildID = s.world.Guild.ID
	if m.WebhookID == "" {
		out.Member = s.world.wireMember(m.Author.ID)
	}
	s.emit(event{
		Name: name, Intent: intentMessages, Channel: ch, Data: raw(out), Blank: raw(s.world.blank(m, out)),
	})
}
