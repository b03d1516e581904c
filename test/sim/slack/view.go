package slack

import (
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// Limits of https://docs.slack.dev/reference/views.
const (
	maxViewTitle  = 24
	maxViewBlocks = 100
)

// View is one modal that the app opened.
type View struct {
	ID       string          `json:"id"`
	User     string          `json:"user"` // who sees it
	Callback string          `json:"callbackId"`
	Title    string          `json:"title"`
	JSON     json.RawMessage `json:"view"`
	Closed   bool            `json:"closed,omitempty"`
	// Errors are what the app found wrong with a submission, by block_id.
	Errors map[string]string `json:"errors,omitempty"`
}

func (c *call) openView() (fields, *apiError) {
	id := c.p.values["trigger_id"]
	t := c.s.world.Triggers[id]
	switch {
	case id == "":
		return nil, missing("trigger_id")
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case !t.Ends.After(c.now):
		return nil, refuse("expired_trigger_id")
	case t.Used:
		return nil, refuse("exchanged_trigger_id")
	}
	v, err := c.readView()
	if err != nil {
		return nil, err
	}
	t.Used = true
	v.User = t.User
	c.s.world.Views = append(c.s.world.Views, v)
	c.s.touch()
	return fields{"view": v.JSON}, nil
}

func (c *call) readView() (*View, *apiError) {
	var object map[string]any
	if json.Unmarshal([]byte(c.p.values["view"]), &object) != nil {
		return nil, refuse("invalid_arguments", "must provide an object [json-pointer:/view]")
	}
	title, _ := object["title"].(map[string]any)
	text, _ := title["text"].(string)
	blocks, _ := object["blocks"].([]any)
	switch {
	case object["type"] != "modal":
		return nil, refuse("invalid_arguments", "unsupported type [json-pointer:/view/type]")
	case text == "" || utf8.RuneCountInString(text) > maxViewTitle:
		return nil, refuse("invalid_arguments", "must be less than 25 characters [json-pointer:/view/title/text]")
	case object["blocks"] == nil || len(blocks) > maxViewBlocks:
		return nil, refuse("invalid_arguments", "no more than 100 items allowed [json-pointer:/view/blocks]")
	}
	v := &View{ID: newID(c.s.rng, "V"), Title: text}
	v.Callback, _ = object["callback_id"].(string)
	object["id"], object["team_id"], object["app_id"], object["bot_id"] = v.ID, TeamID, AppID, BotID
	object["hash"], object["root_view_id"] = random(c.s.rng, "0123456789abcdef", 16), v.ID
	raw, err := json.Marshal(object)
	if err != nil {
		return nil, refuse("fatal_error")
	}
	v.JSON = raw
	return v, nil
}

// Submit fills a view in and sends it: values by block_id, then action_id. If the app answers with errors the view stays open.
func (s *Server) Submit(ctx context.Context, viewID string, values map[string]map[string]string) (Interaction, error) {
	var sent Interaction
	err := s.locked(ctx, func(*channel) error {
		at := slices.IndexFunc(s.world.Views, func(v *View) bool { return v.ID == viewID && !v.Closed })
		if at < 0 {
			return ErrNoView
		}
		v := s.world.Views[at]
		var view map[string]any
		if err := json.Unmarshal(v.JSON, &view); err != nil {
			return err
		}
		filled := fields{}
		for blockID, actions := range values {
			inner := fields{}
			for actionID, value := range actions {
				inner[actionID] = fields{"type": "plain_text_input", "value": value}
			}
			filled[blockID] = inner
		}
		view["state"] = fields{"values": filled}
		i := s.begin("view_submission", *s.world.Users[v.User], nil, nil)
		payload := s.common(i, nil)
		payload["view"], payload["response_urls"] = view, []string{}
		if err := s.interact(i, payload, v.answered); err != nil {
			return err
		}
		sent = *i
		return nil
	})
	return sent, err
}

// answered closes the view unless the app found errors in it.
func (v *View) answered(answer []byte) {
	var reply struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
	}
	_ = json.Unmarshal(answer, &reply) // an empty answer is the usual one
	v.Errors, v.Closed = reply.Errors, reply.Action != "errors"
}
