package bellhop_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
)

// listen hears everything of an example's stream; the handlers end it.
func listen(client *bellhop.Client, set func(end context.CancelFunc)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	set(cancel)
	if err := client.Listen(ctx); !errors.Is(err, context.Canceled) {
		fmt.Println(err)
	}
}

func ExampleHandlers_OnNewSession() {
	client, end := stream("id: 1-a\ndata: {\"type\":\"new_session\",\"session\":{\"id\":\"ses_1\",\"visitorId\":\"v1\",\"metadata\":{\"url\":\"https://shop.example/cart\"}}}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.OnNewSession(func(_ context.Context, s bellhop.Session, _ *bellhop.Event) error {
			fmt.Println(s.VisitorID, "is on", s.Metadata["url"])
			end()
			return nil
		})
	})
	// Output: v1 is on https://shop.example/cart
}

func ExampleHandlers_OnMessage() {
	client, end := stream("id: 1-a\ndata: {\"type\":\"visitor_message\",\"sessionId\":\"ses_1\",\"message\":{\"id\":\"m1\",\"content\":\"hi\",\"sender\":\"visitor\"}}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.OnMessage(func(_ context.Context, m bellhop.Message, e *bellhop.Event) error {
			fmt.Println(e.SessionID, "says", m.Content)
			end()
			return nil
		})
	})
	// Output: ses_1 says hi
}

func ExampleHandlers_OnOperatorMessage() {
	client, end := stream("id: 1-a\ndata: {\"type\":\"operator_message\",\"sessionId\":\"ses_1\",\"messageId\":\"slack:7\",\"content\":\"hello\",\"sourceBridge\":\"slack\",\"operatorName\":\"Ada\"}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.OnOperatorMessage(func(_ context.Context, m bellhop.Message, e *bellhop.Event) error {
			fmt.Println(m.OperatorName, "says", m.Content, "in", e.Source)
			end()
			return nil
		})
	})
	// Output: Ada says hello in slack
}

func ExampleHandlers_OnEvent() {
	client, end := stream("id: 1-a\ndata: {\"type\":\"custom_event\",\"sessionId\":\"ses_1\",\"event\":{\"name\":\"clicked_pricing\",\"data\":{\"plan\":\"pro\"}}}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.OnEvent("clicked_pricing", func(_ context.Context, custom bellhop.CustomEvent, _ *bellhop.Event) error {
			var data struct{ Plan string }
			if err := custom.Decode(&data); err != nil {
				return nil // calling it again would not help
			}
			fmt.Println("interested in", data.Plan)
			return nil
		})
		client.OnEvent(bellhop.Any, func(_ context.Context, custom bellhop.CustomEvent, _ *bellhop.Event) error {
			fmt.Println("any event:", custom.Name)
			end()
			return nil
		})
	})
	// Output:
	// interested in pro
	// any event: clicked_pricing
}

func ExampleHandlers_On() {
	client, end := stream("id: 1-a\ndata: {\"type\":\"csat_submitted\",\"sessionId\":\"ses_1\",\"score\":5,\"comment\":\"quick\"}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.On(bellhop.RatingSubmitted, func(_ context.Context, e *bellhop.Event) error {
			var whole struct{ Comment string }
			if err := e.Decode(&whole); err != nil {
				return nil
			}
			fmt.Println(e.Rating.Score, whole.Comment)
			end()
			return nil
		})
	})
	// Output: 5 quick
}

func ExampleHandlers_OnReset() {
	client, end := stream("event: reset\nid: 9-b\ndata: {\"type\":\"reset\"}\n\n")
	defer end()
	listen(client, func(end context.CancelFunc) {
		client.OnReset(func(context.Context, bellhop.Reset) error {
			fmt.Println("look at the sessions again")
			end()
			return nil
		})
	})
	// Output: look at the sessions again
}

func ExampleFilePosition() {
	dir, err := os.MkdirTemp("", "position")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	at := bellhop.FilePosition(filepath.Join(dir, "position"))
	fmt.Println(at.Save(context.Background(), "12-ab"))
	fmt.Println(at.Load(context.Background()))
	// Output:
	// <nil>
	// 12-ab <nil>
}

func ExampleWebhookHandler() {
	handlers := new(bellhop.Handlers)
	handlers.OnOperatorMessage(func(_ context.Context, m bellhop.Message, e *bellhop.Event) error {
		fmt.Println(e.SessionID, "is told", m.Content)
		return nil
	})
	webhooks, err := bellhop.NewWebhookHandler(handlers, bellhop.WebhookOptions{BearerKeys: []string{"the-key-of-the-environment"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, key := range []string{"a-key-that-is-guessed", "the-key-of-the-environment"} {
		body := `{"type":"operator_message","sessionId":"order-7","messageId":"telegram:77","content":"hello","sourceBridge":"telegram"}`
		r := httptest.NewRequest(http.MethodPost, "/bellhop", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		webhooks.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 401
	// order-7 is told hello
	// 200
}
