package discord

// Option says how an operator acts.
type Option func(*act)

// act is one gesture of a person.
type act struct {
	name    string
	bot     bool
	replyTo string
	files   []upload
}

// As names the operator; an unknown name joins the staff. Without it the first operator acts.
func As(name string) Option { return func(a *act) { a.name = name } }

// AsBot lets another bot act; the bot under test hears of it as of everybody.
func AsBot(name string) Option { return func(a *act) { a.name, a.bot = name, true } }

// ReplyTo makes the message a reply.
func ReplyTo(messageID string) Option { return func(a *act) { a.replyTo = messageID } }

// WithFile attaches a file; it may be given several times.
func WithFile(name, contentType string, data []byte) Option {
	return func(a *act) { a.files = append(a.files, upload{Name: name, MIME: contentType, Data: data}) }
}

func gesture(options []Option) act {
	var a act
	for _, option := range options {
		option(&a)
	}
	return a
}

// person is the user who acts. The caller holds mu.
func (s *Server) person(a act) User {
	name := a.name
	if name == "" {
		name = "Olga"
		if len(s.opts.Operators) > 0 {
			name = s.opts.Operators[0]
		}
	}
	now := s.clock.Now()
	if !a.bot {
		return *s.world.person(name, now)
	}
	for _, u := range s.world.Users {
		if u.Bot && u.ID != s.world.App.ID && u.Name == name {
			return *u
		}
	}
	return *s.world.addUser(User{ID: s.world.newID(now), Username: usernameOf(name), Name: name, Bot: true}, now, staffRoleID)
}
