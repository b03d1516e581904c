package telegram

import "strings"

// MaxButtonData is the length of a button's data in bytes. https://core.telegram.org/bots/api#inlinekeyboardbutton
const MaxButtonData = 64

// Keyboard is the rows of buttons under a message. Each edit of the message must repeat it, or the buttons are gone.
type Keyboard [][]Button

// Button does one thing when it is pressed: it sends Data back in a CallbackQuery, or it opens URL.
type Button struct {
	Text string `json:"text"`
	// Data has 1 to MaxButtonData bytes; see CallbackData.
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
	// Style is empty, danger, success or primary.
	Style string `json:"style,omitempty"`
}

type markup struct {
	Rows Keyboard `json:"inline_keyboard"`
}

// wire is nil for no buttons.
func (k Keyboard) wire() *markup {
	if len(k) == 0 {
		return nil
	}
	return &markup{k}
}

// Act is what a button of Bellhop's asks for.
type Act string

// The acts, as they stand in a button's data.
const (
	ActClose Act = "c" // close the conversation
	ActRead  Act = "r" // mark it as read
)

// CallbackData is a button's data: the act and an opaque key that tells the conversation, "c:9fK2". It is empty, which no button may
// be, where the key is not 1 to 62 letters, digits, dashes and underscores.
func CallbackData(act Act, key string) string {
	data := string(act) + ":" + key
	if !goodKey(key) || len(data) > MaxButtonData {
		return ""
	}
	return data
}

// ParseCallback reads a button's data; false for what CallbackData did not write. It proves nothing: members of the group can make up
// data, so the key must be held against the conversation in whose topic the button stands.
func ParseCallback(data string) (act Act, key string, ok bool) {
	name, key, found := strings.Cut(data, ":")
	act = Act(name)
	if !found || len(data) > MaxButtonData || !goodKey(key) || act != ActClose && act != ActRead {
		return "", "", false
	}
	return act, key, true
}

func goodKey(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
