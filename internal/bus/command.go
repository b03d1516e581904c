package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/span"
)

// Command is what a program outside may ask for over NATS: the end of a request subject, <noun>.<verb>.
type Command string

// The commands. Each is answered after the bus has stored what it led to.
const (
	EmitEvent    Command = "event.emit"    // {name, data} → {ok, id, timestamp}; also with "all" for the session
	SendMessage  Command = "message.send"  // {content, operatorName, replyTo} → {messageId, timestamp}
	CloseSession Command = "session.close" // {operatorName} → {ok, closedAt}
)

// CommandError is a refusal that the asker is to see.
type CommandError struct {
	Message string `json:"error"`
	Code    string `json:"code"`
}

func (e *CommandError) Error() string { return e.Message }

// CommandHandler answers a request with something that marshals to JSON. A *CommandError goes to the asker as it is; any
// other error is logged and told as "unavailable".
type CommandHandler func(ctx context.Context, p id.Project, s id.Session, request []byte) (any, error)

const (
	// commandTimeout bounds one command.
	commandTimeout = 10 * time.Second
	// commandsAtOnce bounds the commands of one kind that are carried out at once; more wait for their turn.
	commandsAtOnce = 256
)

// Serve answers a command, each request in its own goroutine, until the returned function is called; that waits for the
// requests which have begun. Of several processes that serve a command, one gets each request.
func (b *Bus) Serve(command Command, handle CommandHandler) (stop func(), err error) {
	var running sync.WaitGroup
	slots := make(chan struct{}, commandsAtOnce)
	var mu sync.Mutex // nothing may begin while stop waits
	var stopping bool
	sub, err := b.nc.QueueSubscribe(commandFilter(command), "bellhop", func(msg *nats.Msg) {
		slots <- struct{}{}
		mu.Lock()
		defer mu.Unlock()
		if stopping {
			<-slots
			return
		}
		running.Go(func() {
			defer func() { <-slots }()
			b.answer(msg, handle)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%w: serve %s: %w", ErrUnavailable, command, err)
	}
	b.settleIn()
	return func() {
		_ = sub.Unsubscribe() // fails only when the connection is closed already
		mu.Lock()
		stopping = true
		mu.Unlock()
		running.Wait()
	}, nil
}

func (b *Bus) answer(msg *nats.Msg, handle CommandHandler) {
	ctx, cancel := context.WithTimeout(extract(context.Background(), msg.Header), commandTimeout)
	defer cancel()
	var result any
	k, err := parseTail(strings.TrimPrefix(msg.Subject, commandPrefix))
	if err != nil {
		err = &CommandError{Message: err.Error(), Code: "invalid_subject"}
	} else {
		result, err = b.carryOut(ctx, msg, k, handle)
	}
	if err != nil {
		result = b.refusal(msg.Subject, err)
	}
	body, err := json.Marshal(result)
	if err != nil {
		b.log.Error("command answer cannot be encoded", zap.String("subject", msg.Subject), zap.Error(err))
		return
	}
	if err := msg.Respond(body); err != nil && !errors.Is(err, nats.ErrMsgNoReply) {
		b.log.Warn("command answer lost", zap.String("subject", msg.Subject), zap.Error(err))
	}
}

// carryOut calls the handler, in the trace of whoever asks.
func (b *Bus) carryOut(ctx context.Context, msg *nats.Msg, k key, handle CommandHandler) (any, error) {
	ctx, s := span.Enter(ctx, b.tracer, "command "+string(k.kind), trace.SpanKindServer, attribute.String("messaging.system", "nats"))
	result, err := handle(ctx, k.project, k.session, msg.Data)
	why := ""
	if err != nil {
		why = "refused"
	}
	span.End(s, why)
	return result, err
}

func (b *Bus) refusal(subject string, err error) *CommandError {
	if refused, ok := errors.AsType[*CommandError](err); ok {
		return refused
	}
	b.log.Error("command failed", zap.String("subject", subject), zap.Error(err))
	return &CommandError{Message: "the command could not be carried out; try again", Code: "unavailable"}
}

// Request sends a command, as a program outside would, and answers the raw JSON; after 10 s, or when nobody serves it,
// ErrUnavailable.
func (b *Bus) Request(ctx context.Context, p id.Project, s id.Session, command Command, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	question := &nats.Msg{Subject: CommandSubject(p, s, command), Data: request, Header: nats.Header{}}
	inject(ctx, question.Header)
	msg, err := b.nc.RequestMsgWithContext(ctx, question)
	if err != nil {
		return nil, fmt.Errorf("%w: request %s: %w", ErrUnavailable, command, err)
	}
	return msg.Data, nil
}
