package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// AnswerType is how an interaction is answered. https://discord.com/developers/docs/interactions/receiving-and-responding
type AnswerType int

// The answers in use. One must be given within 3 seconds.
const (
	AnswerPong AnswerType = 1
	// AnswerMessage posts a message.
	AnswerMessage AnswerType = 4
	// AnswerLater shows that a message will follow, within 15 minutes.
	AnswerLater AnswerType = 5
	// AnswerNothing is for a button: nothing is shown.
	AnswerNothing AnswerType = 6
	// AnswerUpdate is for a button: the message that it stands on is changed.
	AnswerUpdate AnswerType = 7
)

// Answer is what an interaction is answered with. Message is for AnswerMessage and AnswerUpdate; of AnswerLater only its flags count.
type Answer struct {
	Type    AnswerType
	Message *NewMessage
}

// Whisper is an answer that only whoever caused the interaction sees.
func Whisper(text string) Answer {
	return Answer{Type: AnswerMessage, Message: &NewMessage{Content: label.Clip(text, MaxContent), Flags: Ephemeral}}
}

type answerBody struct {
	Type AnswerType `json:"type"`
	Data any        `json:"data,omitempty"`
}

func (a Answer) wire() answerBody {
	body := answerBody{Type: a.Type}
	switch {
	case a.Message == nil:
	case a.Type == AnswerLater:
		body.Data = struct {
			Flags Flags `json:"flags"`
		}{a.Message.Flags}
	default:
		message := *a.Message
		message.Nonce, message.ReplyTo, message.Files = "", "", nil
		body.Data = message.wire()
	}
	return body
}

// JSON is the answer as the body of an HTTP answer, for interactions that Discord posts.
func (a Answer) JSON() ([]byte, error) {
	data, err := json.Marshal(a.wire())
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return data, nil
}

// Respond answers an interaction that came by the gateway. Too late, or a second time, is KindDone.
func (c *Client) Respond(ctx context.Context, interaction, token string, a Answer) error {
	return c.run(ctx, request{
		method: http.MethodPost, route: "/interactions/{interaction}/{token}/callback", args: []string{interaction, token}, body: a.wire(), open: true,
	})
}

// FollowUp posts one more message to an interaction that was answered, within 15 minutes.
func (c *Client) FollowUp(ctx context.Context, application, token string, m NewMessage) (Message, error) {
	m.Nonce, m.ReplyTo = "", ""
	return call[Message](ctx, c, request{
		method: http.MethodPost, route: "/webhooks/{application}/{token}", args: []string{application, token}, body: m.wire(), files: m.Files, open: true,
	})
}

// EditAnswer changes the answer to an interaction; after AnswerLater it gives it.
func (c *Client) EditAnswer(ctx context.Context, application, token string, e Edit) (Message, error) {
	return call[Message](ctx, c, request{
		method: http.MethodPatch, route: "/webhooks/{application}/{token}/messages/@original", args: []string{application, token},
		body: e.wire(), files: e.Files, open: true,
	})
}
