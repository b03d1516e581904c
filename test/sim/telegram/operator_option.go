package telegram

// Option says how an operator acts.
type Option func(*act)

// act is one gesture of a person.
type act struct {
	chat         int64
	name         string
	anonymous    string
	bot          bool
	replyTo      int64
	quote        string
	files        []attached
	inaccessible bool
}

// attached is a file with what it is sent as.
type attached struct {
	upload
	kind string
}

// In names the group, where there are several; without it the first one is meant.
func In(chatID int64) Option { return func(a *act) { a.chat = chatID } }

// As names the operator; an unknown name joins the group. Without it the first operator acts.
func As(name string) Option { return func(a *act) { a.name = name } }

// AsBot lets another bot act; the bot under test never hears of it.
func AsBot(name string) Option { return func(a *act) { a.name, a.bot = name, true } }

// Anonymously acts as an anonymous administrator with that title; pressing a button shows who it was nevertheless.
func Anonymously(title string) Option { return func(a *act) { a.anonymous = title } }

// ReplyTo makes the message a reply.
func ReplyTo(messageID int64) Option { return func(a *act) { a.replyTo = messageID } }

// Quoting quotes a part of the message that is replied to.
func Quoting(part string) Option { return func(a *act) { a.quote = part } }

// WithFile attaches a document; the text becomes its caption. Several files make an album.
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
		a.files = append(a.files, attached{upload{Name: name, MIME: contentType, Data: data}, kind})
	}
}

// Inaccessible presses a button of a message so old that the update only names it.
func Inaccessible() Option { return func(a *act) { a.inaccessible = true } }

func gesture(options []Option) act {
	var a act
	for _, option := range options {
		option(&a)
	}
	return a
}
