package slack

// Option says how an operator acts.
type Option func(*act)

// act is one gesture of a person.
type act struct {
	name      string
	app       string
	channel   string
	thread    string
	broadcast bool
	me        bool
	raw       bool
	files     []upload
}

type upload struct {
	name, mime string
	data       []byte
}

// As names the operator; an unknown name joins the workspace. Without it the first operator acts.
func As(name string) Option { return func(a *act) { a.name = name } }

// AsApp lets another app's bot act.
func AsApp(name string) Option { return func(a *act) { a.app = name } }

// In acts in another channel than the app's.
func In(channelID string) Option { return func(a *act) { a.channel = channelID } }

// InThread types a slash command in a thread, which Slack refuses.
func InThread(ts string) Option { return func(a *act) { a.thread = ts } }

// Broadcast also sends the reply to the channel.
func Broadcast() Option { return func(a *act) { a.broadcast = true } }

// Me writes a /me message.
func Me() Option { return func(a *act) { a.me = true } }

// Raw takes the text as mrkdwn that is ready, instead of as what a person types.
func Raw() Option { return func(a *act) { a.raw = true } }

// WithFile attaches a file; it may be given several times.
func WithFile(name, contentType string, data []byte) Option {
	return func(a *act) { a.files = append(a.files, upload{name: name, mime: contentType, data: data}) }
}

func gesture(options []Option) act {
	var a act
	for _, option := range options {
		option(&a)
	}
	return a
}
