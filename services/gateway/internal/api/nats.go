package api

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Projects are the commands of each project.
type Projects map[id.Project]*Commands

// ServeNATS answers the commands over NATS until ctx ends: each for the project that its subject names.
func (p Projects) ServeNATS(ctx context.Context, b *bus.Bus) error {
	handlers := map[bus.Command]bus.CommandHandler{
		bus.SendMessage: p.overNATS(func(ctx context.Context, c *Commands, s id.Session, body []byte) (any, *intake.Refusal) {
			return c.send(ctx, string(s), body, "nats")
		}),
		bus.CloseSession: p.overNATS(func(ctx context.Context, c *Commands, s id.Session, body []byte) (any, *intake.Refusal) {
			return c.close(ctx, string(s), body, "nats")
		}),
		bus.EmitEvent: p.overNATS(func(ctx context.Context, c *Commands, s id.Session, body []byte) (any, *intake.Refusal) {
			if s == id.Everyone {
				return c.broadcast(ctx, body)
			}
			return c.emit(ctx, string(s), body)
		}),
	}
	for command, handle := range handlers {
		stop, err := b.Serve(command, handle)
		if err != nil {
			return fmt.Errorf("serve commands: %w", err)
		}
		defer stop()
	}
	<-ctx.Done()
	return nil
}

// overNATS fits a command to the bus: a refusal is told as it is told over HTTP.
func (p Projects) overNATS(do func(context.Context, *Commands, id.Session, []byte) (any, *intake.Refusal)) bus.CommandHandler {
	return func(ctx context.Context, project id.Project, s id.Session, body []byte) (any, error) {
		c := p[project]
		if c == nil {
			return nil, &bus.CommandError{Message: "there is no project " + string(project), Code: "unknown_project"}
		}
		result, refusal := do(ctx, c, s, body)
		if refusal != nil {
			return nil, &bus.CommandError{Message: refusal.Text, Code: refusal.Code}
		}
		return result, nil
	}
}
