package redis

import (
	"context"
	_ "embed"
	"fmt"

	goredis "github.com/redis/go-redis/v9"
)

var (
	//go:embed lua/session.lua
	sessionSource string
	//go:embed lua/wipe.lua
	wipeSource string
	//go:embed lua/floor.lua
	floorSource string
	//go:embed lua/copy.lua
	copySource string
	//go:embed lua/operator.lua
	operatorSource string
	//go:embed lua/messages.lua
	messagesSource string

	sessionScript  = goredis.NewScript(sessionSource)
	wipeScript     = goredis.NewScript(wipeSource)
	floorScript    = goredis.NewScript(floorSource)
	copyScript     = goredis.NewScript(copySource)
	operatorScript = goredis.NewScript(operatorSource)
	messagesScript = goredis.NewScript(messagesSource)
)

// call is a script and what it is called with.
type call struct {
	script *goredis.Script
	keys   []string
	args   []any
}

// run calls scripts in one pipeline, beside other commands, and answers what each said. A script that Redis doesn't know (a new
// server, or a restarted one) is loaded, and then only the calls that it failed are made again.
func (s *Store) run(ctx context.Context, calls []call, beside func(goredis.Pipeliner)) ([]*goredis.Cmd, error) {
	answers := make([]*goredis.Cmd, len(calls))
	todo := make([]int, len(calls))
	for i := range calls {
		todo[i] = i
	}
	unknown, err := s.attempt(ctx, calls, todo, answers, beside)
	if err != nil || len(unknown) == 0 {
		return answers, err
	}
	loaded := map[*goredis.Script]bool{}
	for _, i := range unknown {
		if script := calls[i].script; !loaded[script] {
			if err := script.Load(ctx, s.client).Err(); err != nil {
				return nil, fmt.Errorf("load script: %w", err)
			}
			loaded[script] = true
		}
	}
	unknown, err = s.attempt(ctx, calls, unknown, answers, nil)
	if err == nil && len(unknown) > 0 {
		err = goredis.ErrNoScript
	}
	return answers, err
}

// attempt makes the calls that todo names and answers those whose script is unknown.
func (s *Store) attempt(ctx context.Context, calls []call, todo []int, answers []*goredis.Cmd, beside func(goredis.Pipeliner)) (unknown []int, err error) {
	pipe := s.client.Pipeline()
	if beside != nil {
		beside(pipe)
	}
	others := pipe.Len()
	for _, i := range todo {
		answers[i] = calls[i].script.EvalSha(ctx, pipe, calls[i].keys, calls[i].args...)
	}
	if pipe.Len() == 0 {
		return nil, nil
	}
	cmds, err := pipe.Exec(ctx)
	if err == nil {
		return nil, nil
	}
	for _, cmd := range cmds[:others] {
		if cmd.Err() != nil {
			return nil, cmd.Err()
		}
	}
	for _, i := range todo {
		if err := answers[i].Err(); goredis.HasErrorPrefix(err, "NOSCRIPT") {
			unknown = append(unknown, i)
		} else if err != nil {
			return nil, err
		}
	}
	return unknown, nil
}
