package team

// How says how a person acts.
type How func(*manner)

type manner struct {
	as      string
	bot     bool
	replyTo string
	files   []attachment
}

type attachment struct {
	name, mime string
	data       []byte
}

// As names the person; an unknown name joins the team. Without it Olga acts.
func As(name string) How { return func(m *manner) { m.as = name } }

// AsBot lets another bot than Bellhop's act.
func AsBot(name string) How { return func(m *manner) { m.as, m.bot = name, true } }

// Answering makes the text an answer to a post.
func Answering(p Post) How { return func(m *manner) { m.replyTo = p.ID } }

// WithFile attaches a file; it may be given several times.
func WithFile(name, mime string, data []byte) How {
	return func(m *manner) { m.files = append(m.files, attachment{name, mime, data}) }
}

func mannerOf(how []How) manner {
	var m manner
	for _, set := range how {
		set(&m)
	}
	return m
}
