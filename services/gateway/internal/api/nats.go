package api

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// ServeNATS answers the commands over NATS until ctx ends.
func (c *Commands) ServeNATS(ctx context.Context) error {
	handlers := map[bus.Command]bus.CommandHandler{
		bus.SendMessage: c.overNATS(func(ctx context.Context, s id.Session, body []byte) (any, *intake.Refusal) {
			return c.send(ctx, string(s), body, "nats")
		}),
		bus.CloseSession: c.overNATS(func(ctx context.Context, s id.Session, body []byte) (any, *intake.Refusal) {
			return c.close(ctx, string(s), body, "nats")
		}),
		bus.EmitEvent: c.overNATS(func(ctx context.Context, s id.Session, body []byte) (any, *intake.Refusal) {
			if s == id.Everyone {
				return c.broadcast(ctx, body)
			}
			return c.emit(ctx, string(s), body)
		}),
	}
	for command, handle := range handlers {
		stop, err := c.Intake.Bus.Serve(command, handle)
		if err != nil {
			return fmt.Errorf("serve commands: %w", err)
		}
		defer stop()
	}
	<-ctx.Done()
	return nil
}

// overNATS fits a command to the bus: a refusal is told as it is told over HTTP.
func (c *Commands) overNATS(do func(context.Context, id.Session, []byte) (any, *intake.Refusal)) bus.CommandHandler {
	return func(ctx context.Context, p id.Project, s id.Session, body []byte) (any, error) {
		if p != c.Intake.Project {
			return nil, &bus.CommandError{Message: "there is no project " + string(p), Code: "unknown_project"}
		}
		result, refusal := do(ctx, s, body)
		if refusal != nil {
			return nil, &bus.CommandError{Message: refusal.Text, Code: refusal.Code}
		}
		return result, nil
	}
}
