package telegram

import (
	"fmt"
	"net/http"
	"time"
)

// gestureInput is the body of an operator's action.
type gestureInput struct {
	Chat      int64  `json:"chat"` // 0: the first group
	As        string `json:"as"`
	Bot       bool   `json:"bot"`
	Anonymous string `json:"anonymous"`
	Topic     int64  `json:"topic"`
	Message   int64  `json:"message"`
	Text      string `json:"text"`
	ReplyTo   int64  `json:"replyTo"`
	Quote     string `json:"quote"`
	Emoji     string `json:"emoji"`
	Button    string `json:"button"`
	Name      string `json:"name"`
	// Inaccessible: the message of the button is only named.
	Inaccessible bool        `json:"inaccessible"`
	File         *fileInput  `json:"file"`
	Files        []fileInput `json:"files"`
}

// fileInput is a file that an operator attaches.
type fileInput struct {
	Kind string `json:"kind"` // document unless given
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"` // base64
}

func (in gestureInput) options() []Option {
	options := []Option{In(in.Chat), As(in.As), ReplyTo(in.ReplyTo), Quoting(in.Quote)}
	if in.Bot {
		options = append(options, AsBot(in.As))
	}
	if in.Anonymous != "" {
		options = append(options, Anonymously(in.Anonymous))
	}
	if in.Inaccessible {
		options = append(options, Inaccessible())
	}
	files := in.Files
	if in.File != nil {
		files = append(files, *in.File)
	}
	for _, f := range files {
		orDefault(&f.Kind, "document")
		options = append(options, withMedia(f.Kind, f.Name, f.Type, f.Data))
	}
	return options
}

// controls are the actions of the control API, by their path under /_sim/.
func (s *Server) controls() map[string]func(*http.Request) (any, error) {
	act := func(do func(*http.Request, gestureInput) (any, error)) func(*http.Request) (any, error) {
		return controlled(do)
	}
	done := func(do func(*http.Request, gestureInput) error) func(*http.Request) (any, error) {
		return controlled(func(r *http.Request, in gestureInput) (any, error) { return nil, do(r, in) })
	}
	actions := map[string]func(*http.Request) (any, error){
		"say": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Say(r.Context(), in.Topic, in.Text, in.options()...)
		}),
		"press": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.Press(r.Context(), in.Message, in.Button, in.options()...)
		}),
		"topic/create": act(func(r *http.Request, in gestureInput) (any, error) {
			return s.CreateTopic(r.Context(), in.Name, in.options()...)
		}),
		"edit": done(func(r *http.Request, in gestureInput) error {
			return s.Edit(r.Context(), in.Message, in.Text, in.options()...)
		}),
		"delete": done(func(r *http.Request, in gestureInput) error {
			return s.Delete(r.Context(), in.Message, in.options()...)
		}),
		"react": done(func(r *http.Request, in gestureInput) error {
			return s.React(r.Context(), in.Message, in.Emoji, in.options()...)
		}),
		"pin": done(func(r *http.Request, in gestureInput) error {
			return s.PinMessage(r.Context(), in.Message, in.options()...)
		}),
		"topic/close": done(func(r *http.Request, in gestureInput) error {
			return s.CloseTopic(r.Context(), in.Topic, in.options()...)
		}),
		"topic/reopen": done(func(r *http.Request, in gestureInput) error {
			return s.ReopenTopic(r.Context(), in.Topic, in.options()...)
		}),
		"topic/rename": done(func(r *http.Request, in gestureInput) error {
			return s.RenameTopic(r.Context(), in.Topic, in.Name, in.options()...)
		}),
		"topic/delete": done(func(r *http.Request, in gestureInput) error {
			return s.DeleteTopic(r.Context(), in.Topic, in.options()...)
		}),
	}
	for name, do := range s.adminControls() {
		actions[name] = do
	}
	return actions
}

type settingInput struct {
	Chat    int64   `json:"chat"` // 0: the first group
	Right   string  `json:"right"`
	Has     bool    `json:"has"`
	Status  string  `json:"status"`
	Token   string  `json:"token"`
	ID      int     `json:"id"`
	Seconds float64 `json:"seconds"`
	Forum   bool    `json:"forum"`
}

// adminControls are the actions of whoever runs the simulation.
func (s *Server) adminControls() map[string]func(*http.Request) (any, error) {
	set := func(do func(settingInput) (any, error)) func(*http.Request) (any, error) {
		return controlled(func(_ *http.Request, in settingInput) (any, error) { return do(in) })
	}
	return map[string]func(*http.Request) (any, error){
		"fault": controlled(func(_ *http.Request, f Fault) (any, error) {
			return map[string]int{"id": s.Fault(f)}, nil
		}),
		"fault/delivery": controlled(func(_ *http.Request, f DeliveryFault) (any, error) {
			return map[string]int{"id": s.DisturbDelivery(f)}, nil
		}),
		"budget": controlled(func(_ *http.Request, b Budget) (any, error) {
			s.SetBudget(b)
			return nil, nil
		}),
		"fault/release": set(func(in settingInput) (any, error) { s.Release(in.ID); return nil, nil }),
		"fault/clear":   set(func(settingInput) (any, error) { s.ClearFaults(); return nil, nil }),
		"right":         set(func(in settingInput) (any, error) { return nil, s.SetRight(in.Right, in.Has, In(in.Chat)) }),
		"bot":           set(func(in settingInput) (any, error) { return nil, s.SetBotStatus(in.Status, In(in.Chat)) }),
		"token/revoke":  set(func(settingInput) (any, error) { s.RevokeToken(); return nil, nil }),
		"token/replace": set(func(in settingInput) (any, error) {
			if !tokenShape.MatchString(in.Token) {
				return nil, fmt.Errorf("telegram simulator: token: want <bot id>:<secret>")
			}
			s.ReplaceToken(in.Token)
			return nil, nil
		}),
		"forum":   set(func(in settingInput) (any, error) { return nil, s.SetForum(in.Forum, In(in.Chat)) }),
		"migrate": set(func(in settingInput) (any, error) { return map[string]int64{"chatId": s.Migrate(In(in.Chat))}, nil }),
		"reset":   set(func(settingInput) (any, error) { return nil, s.Reset() }),
		"clock": set(func(in settingInput) (any, error) {
			s.clock.Advance(time.Duration(in.Seconds * float64(time.Second)))
			return map[string]time.Time{"now": s.Now()}, nil
		}),
		"restore": s.restoreFrom,
		"trouble": controlled(s.switchTrouble),
	}
}
