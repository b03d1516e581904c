package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// Options make an Office.
type Options struct {
	Project id.Project
	// Platform is its name in facts: telegram, discord or slack.
	Platform string
	Desk     *receive.Desk
	// Files is where operators' files are copied to; nil: files are not carried, and operators are told so. MaxFile is how many bytes
	// one may have.
	Files   *file.Store
	MaxFile int64
	// Screenshots: the site's owner allows asking for a picture of the visitor's page.
	Screenshots bool
	Metrics     *Metrics
	// Tracer begins a trace with each gesture that is in none; nil traces nothing.
	Tracer trace.Tracer
	Log    *zap.Logger
}

// Office works for the operators of one platform of one project. It is safe for concurrent use.
type Office struct {
	Options
	flights singleflight.Group
	handled *lru.Cache[string, struct{}]
	noticed *lru.Cache[string, time.Time]
	fetches *lru.Cache[string, int]
}

// New makes an Office.
func New(o Options) (*Office, error) {
	handled, err := lru.New[string, struct{}](recentGestures)
	if err != nil {
		return nil, fmt.Errorf("remember gestures: %w", err)
	}
	noticed, err := lru.New[string, time.Time](recentThreads)
	if err != nil {
		return nil, fmt.Errorf("remember threads: %w", err)
	}
	fetches, err := lru.New[string, int](recentGestures)
	if err != nil {
		return nil, fmt.Errorf("remember files: %w", err)
	}
	return &Office{Options: o, handled: handled, noticed: noticed, fetches: fetches}, nil
}

// Handle does what a gesture asks for. A nil error means that the platform may forget it: everything is stored, or there is
// nothing to store. An error that is receive.Temporary asks for the gesture again. Of the same gesture that comes again while
// it is handled one is done, and both get its outcome; the second one's answer is empty.
func (o *Office) Handle(ctx context.Context, g Gesture) (Outcome, error) {
	begun := time.Now()
	ctx, s := o.enter(ctx, g)
	out, err := o.once(ctx, g)
	o.Metrics.took(time.Since(begun))
	s.SetAttributes(attribute.String("bellhop.result", string(out.Result)))
	why := ""
	if err != nil {
		why = "waits"
	}
	span.End(s, why)
	return out, err
}

// enter begins the span of a gesture. A platform that posts is in a trace already; one that is asked, or listened to, is not.
func (o *Office) enter(ctx context.Context, g Gesture) (context.Context, trace.Span) {
	kind := trace.SpanKindInternal
	if !trace.SpanContextFromContext(ctx).IsValid() {
		kind = trace.SpanKindConsumer
	}
	return span.Enter(ctx, o.Tracer, o.Platform+" "+g.Kind.String(), kind, attribute.String("bellhop.platform", o.Platform))
}

// once does what a gesture asks for, if that was not done before.
func (o *Office) once(ctx context.Context, g Gesture) (Outcome, error) {
	if o.handled.Contains(g.EventID) {
		return o.counted(Outcome{Result: ResultDuplicate}), nil
	}
	first := false
	got, err, _ := o.flights.Do(g.EventID, func() (any, error) {
		first = true
		return o.handle(ctx, g)
	})
	if err != nil {
		return Outcome{Result: ResultFailed}, err
	}
	if !first {
		return o.counted(Outcome{Result: ResultDuplicate}), nil
	}
	return got.(Outcome), nil
}

func (o *Office) handle(ctx context.Context, g Gesture) (Outcome, error) {
	out, err := o.act(ctx, g)
	switch {
	case err == nil:
		o.handled.Add(g.EventID, struct{}{})
		return o.counted(out), nil
	case receive.Temporary(err) || ctx.Err() != nil:
		o.counted(Outcome{Result: ResultFailed})
		o.Log.Warn("gesture waits", zap.String("event", g.EventID), zap.Error(err), span.Field(ctx))
		return Outcome{}, err
	}
	// It would fail for ever, and hold back everything after it.
	o.Log.Error("gesture cannot be handled and is skipped", zap.String("event", g.EventID), zap.Error(err), span.Field(ctx))
	return o.counted(Outcome{Result: ResultPoison}), nil
}

func (o *Office) counted(out Outcome) Outcome {
	o.Metrics.Count(out.Result)
	return out
}

// act does what a gesture asks for.
func (o *Office) act(ctx context.Context, g Gesture) (Outcome, error) {
	if g.Kind == Reacted || g.Thread == "" {
		return o.actOn(ctx, g)
	}
	c, err := o.locate(ctx, g)
	if errors.Is(err, receive.ErrNobodys) {
		return o.unconnected(g), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	switch g.Kind {
	case Said:
		return o.said(ctx, g, c)
	case Edited:
		return o.edited(ctx, g, c)
	case Deleted:
		return o.deleted(ctx, g, c)
	case Pressed:
		return o.pressed(ctx, g, c)
	case ThreadClosed, ThreadReopened:
		return o.turned(ctx, g, c)
	}
	return ignored(), nil
}

// actOn does what a gesture on a message asks for whose thread the platform does not tell: the message does.
func (o *Office) actOn(ctx context.Context, g Gesture) (Outcome, error) {
	found, err := o.find(ctx, g)
	var c *receive.Conversation
	if err == nil {
		at := found.Session.GetPlatforms()[o.Platform]
		c, err = o.Desk.Find(ctx, o.thread(at.GetChat(), at.GetThread()))
	}
	if errors.Is(err, receive.ErrNobodys) {
		return ignored(), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	switch g.Kind {
	case Reacted:
		return o.reacted(ctx, g, c, found.Message)
	case Edited:
		return o.edited(ctx, g, c)
	case Deleted:
		return o.deleted(ctx, g, c)
	}
	return ignored(), nil
}

func (o *Office) thread(chat, thread string) receive.Thread {
	return receive.Thread{Project: o.Project, Platform: o.Platform, Chat: chat, Thread: thread}
}

// occasion names the facts of a gesture. A platform's own time would let an answer sort before the question of the same second.
func (o *Office) occasion(g Gesture) receive.Occasion {
	return receive.Occasion{EventID: g.EventID, At: time.Now().Truncate(time.Millisecond), By: g.By}
}

func (o *Office) store(ctx context.Context, events ...bus.Event) (Outcome, error) {
	if err := o.Desk.Store(ctx, events...); err != nil {
		return Outcome{}, err
	}
	if len(events) == 0 {
		return ignored(), nil
	}
	return Outcome{Result: ResultStored}, nil
}

func ignored() Outcome { return Outcome{Result: ResultIgnored} }

func refusal(text string) Outcome {
	return Outcome{Result: ResultAnswered, Answer: Answer{Text: text, Mark: Refused}}
}

// unconnected tells whoever writes into a thread without a conversation that nobody hears it, once a minute.
func (o *Office) unconnected(g Gesture) Outcome {
	out := Outcome{Result: ResultUnconnected}
	last, _ := o.noticed.Get(place(g))
	if g.Kind != Said || time.Since(last) < noticeEvery {
		o.noticed.Add(place(g), last)
		return out
	}
	o.noticed.Add(place(g), time.Now())
	out.Answer = Answer{Text: "This thread is not connected to a conversation: no visitor gets what is written here.", Mark: Refused}
	return out
}
