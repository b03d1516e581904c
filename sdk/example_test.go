package bellhop_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
)

// A backend that answers visitors and reacts to what their pages tell, until it is interrupted.
func ExampleClient_Listen() {
	client, err := bellhop.New(bellhop.Options{
		URL: "https://chat.example.com", Key: os.Getenv("BELLHOP_KEY"),
		Position: bellhop.FilePosition("/var/lib/shop/bellhop-position"), Logger: slog.Default(),
	})
	if err != nil {
		slog.Error("no client", "error", err)
		return
	}
	client.OnMessage(func(ctx context.Context, m bellhop.Message, e *bellhop.Event) error {
		// Named after what it answers: should the message come twice, it is answered once.
		_, err := client.SendMessage(ctx, e.SessionID, bellhop.Outgoing{IdempotencyKey: "greeting-" + m.ID, Content: "One moment, please!"})
		return err
	})
	client.OnEvent("clicked_pricing", func(ctx context.Context, custom bellhop.CustomEvent, e *bellhop.Event) error {
		var data struct {
			Plan string `json:"plan"`
		}
		if err := custom.Decode(&data); err != nil || data.Plan != "pro" {
			return nil // calling it again would not help
		}
		_, err := client.EmitEvent(ctx, e.SessionID, "show_offer", map[string]any{"discount": 20, "code": "SAVE20"})
		return err
	})
	client.OnReset(func(ctx context.Context, r bellhop.Reset) error {
		for session, err := range client.Sessions(ctx, bellhop.SessionQuery{Unanswered: true}) {
			if err != nil {
				return err
			}
			slog.Info("look at this one", "session", session.ID)
		}
		return nil
	})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := client.Listen(ctx); !errors.Is(err, context.Canceled) {
		slog.Error("cannot listen", "error", err)
	}
}

// A web server that takes webhooks, without a client.
func ExampleNewWebhookHandler() {
	handlers := new(bellhop.Handlers)
	handlers.OnNewSession(func(_ context.Context, s bellhop.Session, _ *bellhop.Event) error {
		slog.Info("somebody is here", "visitor", s.VisitorID)
		return nil
	})
	webhooks, err := bellhop.NewWebhookHandler(handlers, bellhop.WebhookOptions{
		Secrets: []string{os.Getenv("EVENTS_WEBHOOK_SECRET"), os.Getenv("EVENTS_WEBHOOK_SECRET_BEFORE")},
	})
	if err != nil {
		slog.Error("cannot take webhooks", "error", err)
		return
	}
	http.Handle("/bellhop", webhooks)
}
