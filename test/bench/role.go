package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// role is one load generator, which runs in a process of its own.
type role interface{ run() (any, error) }

// roles are all there are, by name.
var roles = map[string]func([]byte) (role, error){
	"flood":    parse[flood],
	"stream":   parse[stream],
	"publish":  parse[publish],
	"sockets":  parse[sockets],
	"crowd":    parse[crowd],
	"audience": parse[audience],
	"writer":   parse[writer],
	"reply":    parse[reply],
	"stage":    parse[platforms],
	"direct":   parse[direct],
}

func parse[R role](raw []byte) (role, error) {
	var r R
	err := json.Unmarshal(raw, &r)
	return r, err
}

// Role runs a load generator: what this program does in the processes that it starts of itself. It prints the result.
func Role(name, parameters string) error {
	read, known := roles[name]
	if !known {
		return fmt.Errorf("no role %q", name)
	}
	r, err := read([]byte(parameters))
	if err != nil {
		return fmt.Errorf("parameters of %s: %w", name, err)
	}
	result, err := r.run()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// ready tells whoever has started this process that the preparations are done, and waits for the word to begin.
func ready() {
	say("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // a closed pipe is a word too
}

// obeyed does what whoever has started this process orders, line by line, and reports each with what it has measured.
func obeyed(obey func(order string) (heardByCrowd, error)) error {
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		result, err := obey(orders.Text())
		if err != nil {
			return fmt.Errorf("%s: %w", orders.Text(), err)
		}
		raw, err := json.Marshal(result)
		if err != nil {
			return err
		}
		say(string(raw))
	}
	return nil
}

// say prints a line for whoever has started this process.
func say(word string) { fmt.Fprintln(os.Stdout, word) }

// generator is a running role.
type generator struct {
	name string
	said string // what it had to say when it was ready
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

// spawn starts a role and waits until it is ready.
func spawn(ctx context.Context, name string, parameters role) (*generator, error) {
	raw, err := json.Marshal(parameters)
	if err != nil {
		return nil, fmt.Errorf("parameters of %s: %w", name, err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	g := &generator{name: name, cmd: exec.CommandContext(ctx, self, "role", name, string(raw))}
	g.cmd.Stderr = os.Stderr
	if g.in, err = g.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	g.out = bufio.NewReader(out)
	if g.said, err = g.line(); err != nil {
		return nil, err
	}
	return g, nil
}

// line is the next that the generator prints.
func (g *generator) line() (string, error) {
	line, err := g.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("%s: %w", g.name, errors.Join(err, g.cmd.Wait()))
	}
	return line, nil
}

// tell writes a line to the generator.
func (g *generator) tell(line string) error {
	_, err := io.WriteString(g.in, line+"\n")
	return err
}

// measure lets a generator that is ready begin, and answers its result and how long it took.
func measure[T any](g *generator) (result T, took time.Duration, err error) {
	begun := time.Now()
	if err := g.tell("go"); err != nil {
		return result, 0, fmt.Errorf("%s: %w", g.name, err)
	}
	line, err := g.line()
	took = time.Since(begun)
	if err != nil {
		return result, took, err
	}
	if err := json.Unmarshal([]byte(line), &result); err != nil {
		return result, took, fmt.Errorf("result of %s: %w", g.name, err)
	}
	return result, took, g.end()
}

// end closes the generator's input and waits until it is gone.
func (g *generator) end() error {
	_ = g.in.Close() // it has ended, or ends now
	if err := g.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", g.name, err)
	}
	return nil
}

// load is spawn and measure for a role that needs nothing in between.
func load[T any](ctx context.Context, name string, parameters role) (T, error) {
	g, err := spawn(ctx, name, parameters)
	if err != nil {
		var none T
		return none, err
	}
	result, _, err := measure[T](g)
	return result, err
}
