package bus

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Integrator is a program of somebody else's that may follow what happens in some projects, and perhaps take part.
type Integrator struct {
	Name string `json:"name"`
	// Projects that it may see, at least one.
	Projects []id.Project `json:"projects"`
	// Types of events that it may see; all of them if there are none here.
	Types []Type `json:"types,omitempty"`
	// Durable: it may have consumers of the stream, which keep its place while it is away.
	Durable bool `json:"durable,omitempty"`
	// Commands: it may send, emit and close.
	Commands bool `json:"commands,omitempty"`
	// Apps are Pusher apps whose channels it may hear and publish to, cache channels included.
	Apps []string `json:"apps,omitempty"`
}

// ErrIntegrator says what is wrong with an integrator.
var ErrIntegrator = errors.New("not an integrator")

// Validate tells what cannot be. Its name is the name of its consumers and of its inbox, so it can be nobody else's.
func (i Integrator) Validate() error {
	if _, err := id.ParseProject(i.Name); err != nil {
		return fmt.Errorf("%w: the name %q is not 1 to 40 lower case letters, digits and dashes", ErrIntegrator, i.Name)
	}
	for _, own := range Users() {
		if i.Name == own || strings.HasPrefix(i.Name, own+"-") {
			return fmt.Errorf("%w: the name %q is kept for Bellhop's own", ErrIntegrator, i.Name)
		}
	}
	for _, app := range i.Apps {
		if app == "" {
			return fmt.Errorf("%w: %s: an app without an id", ErrIntegrator, i.Name)
		}
	}
	if len(i.Projects) == 0 {
		return fmt.Errorf("%w: %s sees no project", ErrIntegrator, i.Name)
	}
	for _, p := range i.Projects {
		if _, err := id.ParseProject(string(p)); err != nil {
			return fmt.Errorf("%w: %w", ErrIntegrator, err)
		}
	}
	for _, t := range i.Types {
		if !slices.Contains(Types(), t) {
			return fmt.Errorf("%w: %q is none of the types %v", ErrIntegrator, t, Types())
		}
	}
	return nil
}

// Rights are what an integrator may do. It may not ask the stream for a message, nor how the stream is: both would show every project,
// and the ids of its sessions.
func (i Integrator) Rights() Rights {
	r := &rights{}
	r.subscribe(Inbox(i.Name) + ".>")
	for _, p := range i.Projects {
		for _, t := range i.types() {
			r.subscribe(liveFilter(p, t))
		}
		if i.Commands {
			r.publish(projectCommands(p))
		}
	}
	for _, app := range i.Apps {
		r.subscribe(channelsOf(channelPrefix, app))
		r.publish(channelsOf(channelPrefix, app), channelsOf(cachePrefix, app))
	}
	for name, filter := range i.Consumers() {
		// The filter stands in the subject of the request, and the server takes no other.
		r.publish(request(consumerCreate, streamName+"."+name+"."+filter))
		for _, what := range []string{consumerInfo, consumerNext, consumerDelete} {
			r.publish(request(what, streamName+"."+name))
		}
		r.publish(ackPrefix + streamName + "." + name + ".>")
	}
	return r.done()
}

// Consumers are the durable consumers that it may have, by name, and what each may filter by. It has one for each project and type that it may
// see, because a right holds for one filter; with one of both that is its own name.
func (i Integrator) Consumers() map[string]string {
	if !i.Durable {
		return nil
	}
	all := map[string]string{}
	for _, p := range i.Projects {
		for _, t := range i.types() {
			name := i.Name
			if len(i.Projects) > 1 {
				name += "_" + string(p)
			}
			if len(i.types()) > 1 {
				name += "_" + strings.ReplaceAll(string(t), ".", "-")
			}
			all[name] = typeFilter(p, or(t, "*.*"))
		}
	}
	return all
}

// types are those that it may see; one that stands for all when none is named.
func (i Integrator) types() []Type {
	if len(i.Types) == 0 {
		return []Type{""}
	}
	return i.Types
}
