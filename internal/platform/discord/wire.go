package discord

// messageBody is how a message is written. Its own struct, because an absent list of mentions and an empty one differ: the
// first pings whoever the text names.
type messageBody struct {
	Content         *string         `json:"content,omitempty"`
	Embeds          *[]Embed        `json:"embeds,omitempty"`
	Components      *[]Component    `json:"components,omitempty"`
	Flags           *Flags          `json:"flags,omitempty"`
	Nonce           string          `json:"nonce,omitempty"`
	EnforceNonce    bool            `json:"enforce_nonce,omitempty"`
	AllowedMentions allowedMentions `json:"allowed_mentions"`
	Reference       *reference      `json:"message_reference,omitempty"`
	Attachments     *[]attached     `json:"attachments,omitempty"`

	// Of webhooks only.
	Username    string   `json:"username,omitempty"`
	AvatarURL   string   `json:"avatar_url,omitempty"`
	ThreadName  string   `json:"thread_name,omitempty"`
	AppliedTags []string `json:"applied_tags,omitempty"`
}

type allowedMentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

// reference must say false: the default refuses a message whose reference is gone.
type reference struct {
	MessageID       string `json:"message_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

// attached is a file that stays, by its id (a string), or one that is sent, by its number in the form.
type attached struct {
	ID          any    `json:"id"`
	Filename    string `json:"filename,omitempty"`
	Description string `json:"description,omitempty"`
}

func nobody() allowedMentions { return allowedMentions{Parse: []string{}} }

func (m NewMessage) wire() messageBody {
	body := messageBody{Nonce: m.Nonce, EnforceNonce: m.Nonce != "", AllowedMentions: nobody()}
	if m.Content != "" {
		body.Content = &m.Content
	}
	if len(m.Embeds) > 0 {
		body.Embeds = &m.Embeds
	}
	if len(m.Components) > 0 {
		body.Components = &m.Components
	}
	if m.Flags != 0 {
		body.Flags = &m.Flags
	}
	if m.ReplyTo != "" {
		body.Reference = &reference{MessageID: m.ReplyTo}
	}
	if len(m.Files) > 0 {
		files := appendFiles(nil, m.Files)
		body.Attachments = &files
	}
	return body
}

func (e Edit) wire() messageBody {
	body := messageBody{
		Content: e.Content, Embeds: list(e.Embeds), Components: list(e.Components), Flags: e.Flags, AllowedMentions: nobody(),
	}
	if e.Keep == nil && len(e.Files) == 0 {
		return body
	}
	files := []attached{}
	if e.Keep != nil {
		for _, kept := range *e.Keep {
			files = append(files, attached{ID: kept})
		}
	}
	files = appendFiles(files, e.Files)
	body.Attachments = &files
	return body
}

// list is [] where a list is to be emptied: null is another thing to some fields.
func list[T any](of *[]T) *[]T {
	if of != nil && *of == nil {
		return &[]T{}
	}
	return of
}

func appendFiles(list []attached, files []File) []attached {
	for i, file := range files {
		list = append(list, attached{ID: i, Filename: file.Name, Description: file.Description})
	}
	return list
}
