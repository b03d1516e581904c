package slack

import "net/http"

// gestureInput is the body of an operator's action.
type gestureInput struct {
	As        string                       `json:"as"`
	App       string                       `json:"app"` // another app acts
	Channel   string                       `json:"channel"`
	Thread    string                       `json:"thread"`
	Message   string                       `json:"message"`
	Text      string                       `json:"text"`
	Broadcast bool                         `json:"broadcast"`
	Me        bool                         `json:"me"`
	Raw       bool                         `json:"raw"`
	Emoji     string                       `json:"emoji"`
	Button    string                       `json:"button"`
	Callback  string                       `json:"callback"`
	Command   string                       `json:"command"`
	View      string                       `json:"view"`
	Values    map[string]map[string]string `json:"values"` // by block_id, then action_id
	Files     []struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Data []byte `json:"data"` // base64
	} `json:"files"`
}

func (in gestureInput) options() []Option {
	options := []Option{As(in.As), In(in.Channel), InThread(in.Thread)}
	if in.App != "" {
		options = append(options, AsApp(in.App))
	}
	if in.Broadcast {
		options = append(options, Broadcast())
	}
	if in.Me {
		options = append(options, Me())
	}
	if in.Raw {
		options = append(options, Raw())
	}
	for _, f := range in.Files {
		options = append(options, WithFile(f.Name, f.Type, f.Data))
	}
	return options
}

type action = func(*http.Request) (any, error)

// controls are the actions of the control API, by their path under /_sim/.
func (s *Server) controls() map[string]action {
	act := func(do func(*http.Request, gestureInput) (any, error)) action { return controlled(do) }
	done := func(do func(*http.Request, gestureInput) error) action {
		return controlled(func(r *http.Request, in gestureInput) (any, error) { return nil, do(r, in) })
	}
	actions := map[string]action{
		"say": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Say(r.Context(), in.Thread, in.Text, in.options()...)
		}),
		"press": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Press(r.Context(), in.Message, in.Button, in.options()...)
		}),
		"shortcut": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Shortcut(r.Context(), in.Message, in.Callback, in.options()...)
		}),
		"slash": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Slash(r.Context(), in.Command, in.Text, in.options()...)
		}),
		"submit": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Submit(r.Context(), in.View, in.Values)
		}),
		"edit": done(func(r *http.Request, in gestureInput) error {
			return s.Edit(r.Context(), in.Message, in.Text, in.options()...)
		}),
		"delete": done(func(r *http.Request, in gestureInput) error { return s.Delete(r.Context(), in.Message) }),
		"react": done(func(r *http.Request, in gestureInput) error {
			return s.React(r.Context(), in.Message, in.Emoji, in.options()...)
		}),
		"unreact": done(func(r *http.Request, in gestureInput) error {
			return s.Unreact(r.Context(), in.Message, in.Emoji, in.options()...)
		}),
		"thread/delete": done(func(r *http.Request, in gestureInput) error { return s.DeleteThread(r.Context(), in.Thread) }),
	}
	for name, do := range s.adminControls() {
		actions[name] = do
	}
	return actions
}
