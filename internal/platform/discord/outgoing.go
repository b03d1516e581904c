package discord

// Flags of a message. https://discord.com/developers/docs/resources/message#message-object-message-flags
type Flags int

const (
	// SuppressEmbeds shows no previews of links.
	SuppressEmbeds Flags = 1 << 2
	// Ephemeral shows an answer to an interaction to whoever caused it alone.
	Ephemeral Flags = 1 << 6
	// SuppressNotifications sends without a sound.
	SuppressNotifications Flags = 1 << 12
)

// NewMessage is a message to be sent. It mentions nobody, whatever it says. One of Content, Embeds and Files must be there.
type NewMessage struct {
	// Content has at most MaxContent code points.
	Content    string
	Embeds     []Embed
	Components []Component
	Flags      Flags
	// Nonce makes Discord post the message once if it is sent again within some minutes, see Nonce. Webhooks have none.
	Nonce string
	// ReplyTo is a message of the same channel; one that is gone does not keep this one from being sent. Webhooks have none.
	ReplyTo string
	Files   []File
}

// Edit changes what is not nil; a pointer to something empty removes it. It mentions nobody.
type Edit struct {
	Content    *string
	Embeds     *[]Embed
	Components *[]Component
	Flags      *Flags
	// Keep are the ids of the attachments that stay; nil keeps all, unless there are Files, which are added.
	Keep  *[]string
	Files []File
}

// Embed is a framed text. https://discord.com/developers/docs/resources/message#embed-object
type Embed struct {
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"` // ISO 8601
	Color       int          `json:"color,omitempty"`     // 0xRRGGBB
	Author      *EmbedAuthor `json:"author,omitempty"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
	Image       *EmbedImage  `json:"image,omitempty"`
}

// EmbedAuthor stands above an embed. Nothing in it is formatted.
type EmbedAuthor struct {
	Name    string `json:"name"`
	IconURL string `json:"icon_url,omitempty"`
}

// EmbedFooter stands below an embed. Nothing in it is formatted.
type EmbedFooter struct {
	Text string `json:"text"`
}

// EmbedField is a heading with a few words.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// EmbedImage is a picture in an embed; "attachment://<name>" for a file of the same message.
type EmbedImage struct {
	URL string `json:"url"`
}

// Component is a row of buttons, or a button. https://discord.com/developers/docs/components/reference
type Component struct {
	Type       ComponentType `json:"type"`
	Components []Component   `json:"components,omitempty"`
	Style      ButtonStyle   `json:"style,omitempty"`
	Label      string        `json:"label,omitempty"`     // 1 to 80 code points
	CustomID   string        `json:"custom_id,omitempty"` // 1 to 100 code points
	URL        string        `json:"url,omitempty"`
	Disabled   bool          `json:"disabled,omitempty"`
}

// ComponentType is what a component is.
type ComponentType int

// The components in use.
const (
	ComponentRow    ComponentType = 1
	ComponentButton ComponentType = 2
)

// ButtonStyle is a button's look.
type ButtonStyle int

// The looks. A link has a URL instead of a custom id.
const (
	ButtonPrimary   ButtonStyle = 1
	ButtonSecondary ButtonStyle = 2
	ButtonSuccess   ButtonStyle = 3
	ButtonDanger    ButtonStyle = 4
	ButtonLink      ButtonStyle = 5
)

// Buttons is a row of up to 5 buttons.
func Buttons(buttons ...Component) Component {
	return Component{Type: ComponentRow, Components: buttons}
}

// ButtonPrefix begins the custom ids of Bellhop's buttons; what follows is the command that they stand for.
const ButtonPrefix = "bellhop:"

// The buttons on a visitor's card.
const (
	ButtonClose = ButtonPrefix + "close"
	ButtonRead  = ButtonPrefix + "read"
)

// Button is one that tells customID when it is pressed.
func Button(style ButtonStyle, label, customID string) Component {
	return Component{Type: ComponentButton, Style: style, Label: label, CustomID: customID}
}
