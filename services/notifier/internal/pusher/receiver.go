package pusher

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// Receiver is one address that is told of an app's channels.
type Receiver struct {
	// Name is "pusher-1" for the first address, and so on.
	Name string

	config   Config
	endpoint Endpoint
	project  id.Project
	poster   *webhook.Poster
	// mark tells the address from others without telling it.
	mark string
}

// Receivers are those of a project.
func Receivers(p id.Project, cfg Config, allowPrivate bool) []*Receiver {
	var all []*Receiver
	endpoints, _ := cfg.Endpoints() // the configuration was validated
	for i, e := range endpoints {
		all = append(all, &Receiver{
			Name: "pusher-" + strconv.Itoa(i+1), config: cfg, endpoint: e, project: p,
			poster: webhook.NewPoster(e.URL, allowPrivate, webhook.CallTimeout), mark: webhook.MarkOf(e.URL),
		})
	}
	return all
}

// Disconnect ends the connections that are kept.
func (r *Receiver) Disconnect() { r.poster.Disconnect() }

// Test makes a request that tells of nothing; its error says why the receiver has not taken it.
func (r *Receiver) Test(ctx context.Context) error {
	return r.post(ctx, webhook.Wall().Now(), []hook.Event{})
}

func (r *Receiver) app() bus.HookApp { return bus.HookApp{Project: r.project, App: r.config.AppID} }

// path is where the notebook has the receiver's place; it is its own, whatever others there are.
func (r *Receiver) path() string {
	return notesOf(r.project) + "/" + r.config.AppID + "/" + r.mark
}

func notesOf(p id.Project) string { return "hooks/" + string(p) }

// lease is whose holder tells a receiver, by the receiver's path.
func lease(path string) string { return "notifier." + path }

// post makes one POST, signed anew: exactly these headers of Pusher's, for libraries compare the whole content type.
func (r *Receiver) post(ctx context.Context, now time.Time, events []hook.Event) error {
	body := hook.Body(now.UnixMilli(), events)
	h := http.Header{"User-Agent": {"Bellhop"}}
	for name, value := range r.endpoint.Headers {
		h.Set(name, value)
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Pusher-Key", r.config.Key)
	h.Set("X-Pusher-Signature", signature.Webhook(r.config.Secret, body))
	return r.poster.Post(ctx, h, body)
}

// Options are what a receiver is served with.
type Options struct {
	Receiver *Receiver
	Log      *zap.Logger
	Metrics  *Metrics
	// Tell is told what is wrong with the receiver, "" for nothing; it may be nil.
	Tell func(problem string)
	// Clock is the wall's unless it is set.
	Clock webhook.Clock
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = webhook.Wall()
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	return o
}
