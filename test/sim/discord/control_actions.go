package discord

import (
	"context"
	"maps"
	"net/http"
)

// gestureInput is the body of an operator's action.
type gestureInput struct {
	As      string         `json:"as"`
	Bot     bool           `json:"bot"`
	Thread  string         `json:"thread"` // "" is the operators' channel, where that is a text channel
	Message string         `json:"message"`
	Text    string         `json:"text"`
	ReplyTo string         `json:"replyTo"`
	Emoji   string         `json:"emoji"`
	Button  string         `json:"button"`
	Command string         `json:"command"`
	Values  map[string]any `json:"values"`
	Name    string         `json:"name"`
	Tags    []string       `json:"tags"`
	Webhook string         `json:"webhook"`
	File    *fileInput     `json:"file"`
	Files   []fileInput    `json:"files"`
}

// fileInput is a file that an operator attaches.
type fileInput struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"` // base64
}

func (in gestureInput) options() []Option {
	options := []Option{As(in.As), ReplyTo(in.ReplyTo)}
	if in.Bot {
		options = append(options, AsBot(in.As))
	}
	files := in.Files
	if in.File != nil {
		files = append(files, *in.File)
	}
	for _, f := range files {
		options = append(options, WithFile(f.Name, f.Type, f.Data))
	}
	return options
}

// action is what a POST does.
type action = func(*http.Request) (any, error)

// controls are the actions of the control API, by their path under /_sim/.
func (s *Server) controls() map[string]action {
	all := map[string]action{}
	for _, part := range []map[string]action{s.messageControls(), s.threadControls(), s.adminControls(), s.gatewayControls()} {
		maps.Copy(all, part)
	}
	return all
}

// done wraps an action without a result.
func done(do func(context.Context, gestureInput) error) action {
	return controlled(func(r *http.Request, in gestureInput) (any, error) { return nil, do(r.Context(), in) })
}

// made wraps an action with one.
func made[T any](do func(context.Context, gestureInput) (T, error)) action {
	return controlled(func(r *http.Request, in gestureInput) (any, error) { return do(r.Context(), in) })
}

func (s *Server) messageControls() map[string]action {
	return map[string]action{
		"say": made(func(ctx context.Context, in gestureInput) (Message, error) {
			return s.Say(ctx, in.Thread, in.Text, in.options()...)
		}),
		"press": made(func(ctx context.Context, in gestureInput) (Interaction, error) {
			return s.Press(ctx, in.Message, in.Button, in.options()...)
		}),
		"slash": made(func(ctx context.Context, in gestureInput) (Interaction, error) {
			return s.Slash(ctx, in.Thread, in.Command, in.Values, in.options()...)
		}),
		"edit":   done(func(ctx context.Context, in gestureInput) error { return s.Edit(ctx, in.Message, in.Text) }),
		"delete": done(func(ctx context.Context, in gestureInput) error { return s.Delete(ctx, in.Message) }),
		"touch":  done(func(ctx context.Context, in gestureInput) error { return s.Touch(ctx, in.Message) }),
		"react": done(func(ctx context.Context, in gestureInput) error {
			return s.React(ctx, in.Message, in.Emoji, in.options()...)
		}),
		"unreact": done(func(ctx context.Context, in gestureInput) error {
			return s.Unreact(ctx, in.Message, in.Emoji, in.options()...)
		}),
		"typing": done(func(ctx context.Context, in gestureInput) error { return s.Typing(ctx, in.Thread, in.options()...) }),
	}
}

func (s *Server) threadControls() map[string]action {
	on := func(do func(context.Context, string, ...Option) error) action {
		return done(func(ctx context.Context, in gestureInput) error { return do(ctx, in.Thread, in.options()...) })
	}
	return map[string]action{
		"thread/create": made(func(ctx context.Context, in gestureInput) (Thread, error) {
			return s.CreateThread(ctx, in.Name, in.Text, in.options()...)
		}),
		"thread/close":   on(s.CloseThread),
		"thread/archive": on(s.ArchiveThread),
		"thread/lock":    on(s.LockThread),
		"thread/reopen":  on(s.ReopenThread),
		"thread/rename": done(func(ctx context.Context, in gestureInput) error {
			return s.RenameThread(ctx, in.Thread, in.Name, in.options()...)
		}),
		"thread/tag": done(func(ctx context.Context, in gestureInput) error {
			return s.TagThread(ctx, in.Thread, in.Tags, in.options()...)
		}),
		"webhook/create": made(func(ctx context.Context, in gestureInput) (Webhook, error) { return s.CreateWebhook(ctx, in.Name) }),
		"webhook/delete": done(func(ctx context.Context, in gestureInput) error { return s.DeleteWebhook(ctx, in.Webhook) }),
		"thread/delete":  done(func(ctx context.Context, in gestureInput) error { return s.DeleteThread(ctx, in.Thread) }),
		"channel/delete": done(func(ctx context.Context, _ gestureInput) error { return s.DeleteChannel(ctx) }),
	}
}
