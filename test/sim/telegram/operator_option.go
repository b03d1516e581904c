package telegram

// Option says how an operator acts.
type Option func(*act)

// act is one gesture of a person.
type act struct {
	name      string
	anonymous string
	bot       bool
	replyTo   int64
	quote     string
	file      *upload
	kind      string
}

// As names the operator; an unknown name joins the group. Without it the first operator acts.
func As(name string) Option { return func(a *act) { a.name = name } }

// AsBot lets another bot act; the bot under test never hears of it.
func AsBot(name string) Option { return func(a *act) { a.name, a.bot = name, true } }

// Anonymously writes as an anonymous administrator with that title.
func Anonymously(title string) Option { return func(a *act) { a.anonymous = title } }

// ReplyTo makes the message a reply.
func ReplyTo(messageID int64) Option { return func(a *act) { a.replyTo = messageID } }

// Quoting quotes a part of the message that is replied to.
func Quoting(part string) Option { return func(a *act) { a.quote = part } }

// WithFile attaches a document; the text becomes its caption.
func WithFile(name, contentType string, data []byte) Option {
	return withMedia("document", name, contentType, data)
}

// WithPhoto attaches a picture, which is re-encoded in several sizes.
func WithPhoto(data []byte) Option { return withMedia("photo", "photo.jpg", "image/jpeg", data) }

// WithMedia attaches a file of another kind: voice, audio, video, video_note, animation or sticker.
func WithMedia(kind, contentType string, data []byte) Option {
	return withMedia(kind, kind, contentType, data)
}

func withMedia(kind, name, contentType string, data []byte) Option {
	return func(a *act) {
		a.kind = kind
		a.file = &upload{Name: name, MIME: contentType, Data: data}
	}
}

func gesture(options []Option) act {
	var a act
	for _, option := range options {
		option(&a)
	}
	return a
}
