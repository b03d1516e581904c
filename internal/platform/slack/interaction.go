package slack

import (
	"errors"
	"fmt"
	"net/url"
)

// Types of interactions.
const (
	TypeBlockActions  = "block_actions"
	TypeMessageAction = "message_action"
	TypeShortcut      = "shortcut"
)

// Interaction is a button that was pressed, or a shortcut that was chosen.
type Interaction struct {
	Type string
	// CallbackID is which shortcut.
	CallbackID string
	// UserID and UserName are who.
	UserID, UserName string
	TeamID, AppID    string
	Channel          string
	// Message is what the button stands in, or the shortcut was chosen on. Its Channel is empty.
	Message Message
	// Ephemeral: the message is shown to one person only, and is no message of the channel's.
	Ephemeral bool
	// ResponseURL takes up to 5 answers within 30 minutes, see Respond. TriggerID lives 3 s.
	ResponseURL, TriggerID string
	Actions                []Action
}

// Action is one press.
type Action struct {
	// ID and Value are what the button was made with; BlockID is the row's.
	ID, BlockID, Value string
	// TS tells one press from the next.
	TS string
}

// DecodeInteraction reads the JSON of an interaction.
func DecodeInteraction(data []byte) (*Interaction, error) {
	f, err := readFields(data)
	if err != nil {
		return nil, fmt.Errorf("decode interaction: %w", err)
	}
	user, container := f.fields("user"), f.fields("container")
	in := &Interaction{
		Type: f.text("type"), CallbackID: f.text("callback_id"), UserID: user.text("id"), UserName: either(user.text("name"), user.text("username")),
		TeamID: f.fields("team").text("id"), AppID: f.text("api_app_id"), Channel: either(f.fields("channel").text("id"), container.text("channel_id")),
		Ephemeral: container.flag("is_ephemeral"), ResponseURL: f.text("response_url"), TriggerID: f.text("trigger_id"),
	}
	if m := f.message("message"); m != nil {
		in.Message = *m
	}
	in.Message.TS = either(in.Message.TS, container.text("message_ts"))
	in.Message.ThreadTS = either(in.Message.ThreadTS, container.text("thread_ts"))
	for _, raw := range f.list("actions") {
		if action, err := readFields(raw); err == nil {
			in.Actions = append(in.Actions, Action{
				ID: action.text("action_id"), BlockID: action.text("block_id"), Value: action.text("value"), TS: action.text("action_ts"),
			})
		}
	}
	if in.Type == "" {
		return nil, fmt.Errorf("decode interaction: %w", errNoType)
	}
	return in, nil
}

// Command is a slash command. It does not tell in which thread it was typed: Slack refuses them there.
type Command struct {
	// Name is the command with its slash, Text what follows.
	Name, Text             string
	UserID, UserName       string
	Channel, TeamID, AppID string
	// ResponseURL takes up to 5 answers within 30 minutes. TriggerID lives 3 s, and tells one command from the next.
	ResponseURL, TriggerID string
}

// DecodeCommand reads the JSON of a slash command, as sockets bring it.
func DecodeCommand(data []byte) (*Command, error) {
	f, err := readFields(data)
	if err != nil {
		return nil, fmt.Errorf("decode command: %w", err)
	}
	return readCommand(f.text)
}

func readCommand(get func(string) string) (*Command, error) {
	c := &Command{
		Name: get("command"), Text: get("text"), UserID: get("user_id"), UserName: get("user_name"), Channel: get("channel_id"),
		TeamID: get("team_id"), AppID: get("api_app_id"), ResponseURL: get("response_url"), TriggerID: get("trigger_id"),
	}
	if c.Name == "" {
		return nil, fmt.Errorf("decode command: %w", errNoCommand)
	}
	return c, nil
}

var (
	errNoType    = errors.New("no type")
	errNoCommand = errors.New("no command")
)

// DecodeForm reads what was posted to the address for interactions or commands: one of the two is not nil.
func DecodeForm(body []byte) (*Interaction, *Command, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, fmt.Errorf("decode form: %w", errForm)
	}
	if payload := form.Get("payload"); payload != "" {
		in, err := DecodeInteraction([]byte(payload))
		return in, nil, err
	}
	command, err := readCommand(form.Get)
	return nil, command, err
}

// errForm stands for what net/url says, which repeats a part of the form.
var errForm = errors.New("malformed")

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
