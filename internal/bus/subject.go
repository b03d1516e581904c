package bus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// The published subject space. Nothing outside this file spells a subject.
const (
	storedPrefix  = "bellhop.v1."
	livePrefix    = "bellhop.live.v1."
	signalPrefix  = "bellhop.signal.v1."
	commandPrefix = "bellhop.cmd.v1."
	deadPrefix    = "bellhop.dlq.v1."
	channelPrefix = "bellhop.channel.v1."
	cachePrefix   = "bellhop.cache.v1."
	rosterPrefix  = "bellhop.roster.v1."
	hookPrefix    = "bellhop.hook.v1."
	hookedPrefix  = "bellhop.hooked.v1."

	// storedPattern and liveTarget are how the stream republishes: the part is dropped, the rest is kept.
	storedPattern = "bellhop.v1.*.*.*.*.*"
	liveTarget    = "bellhop.live.v1.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}.{{wildcard(5)}}"
)

// errSubject is wrapped by every error about a subject that is not one of ours.
var errSubject = errors.New("not a subject of the bus")

// key says whose fact it is and which.
type key struct {
	project id.Project
	session id.Session
	kind    Type
}

// stored is bellhop.v1.<part>.<project>.<session>.<noun>.<verb>.
func (k key) stored() string {
	return storedPrefix + k.session.Part().String() + "." + k.tail()
}

// live is bellhop.live.v1.<project>.<session>.<noun>.<verb>.
func (k key) live() string { return livePrefix + k.tail() }

func (k key) tail() string {
	return string(k.project) + "." + id.Token(string(k.session)) + "." + string(k.kind)
}

// sessionFilter matches every stored fact of one session.
func sessionFilter(p id.Project, s id.Session) string {
	return storedPrefix + s.Part().String() + "." + string(p) + "." + id.Token(string(s)) + ".>"
}

// partFilter matches every stored fact of one part.
func partFilter(p id.Part) string { return storedPrefix + p.String() + ".>" }

// typeFilter matches every stored fact of one type, of one project if it is named.
func typeFilter(p id.Project, t Type) string {
	return storedPrefix + "*." + or(string(p), "*") + ".*." + string(t)
}

// liveFilter matches what is republished of one type, of one project; of all types or projects when they are not named.
func liveFilter(p id.Project, t Type) string {
	if t == "" {
		return livePrefix + or(string(p), "*") + ".>"
	}
	return livePrefix + or(string(p), "*") + ".*." + string(t)
}

// signalFilter matches one signal for every project and session.
func signalFilter(noun string) string { return signalPrefix + "*.*." + noun }

// signalSubject is bellhop.signal.v1.<project>.<session>.<noun>.
func signalSubject(p id.Project, s id.Session, noun string) string {
	return signalPrefix + string(p) + "." + id.Token(string(s)) + "." + noun
}

// commandFilter matches one command for every project and session: bellhop.cmd.v1.<project>.<session>.<noun>.<verb>.
func commandFilter(c Command) string { return commandPrefix + "*.*." + string(c) }

// projectCommands matches every command for one project, or for all.
func projectCommands(p id.Project) string { return commandPrefix + or(string(p), "*") + ".*.*.*" }

// CommandSubject is the request subject of a command: what a program outside sends to.
func CommandSubject(p id.Project, s id.Session, c Command) string {
	return commandPrefix + string(p) + "." + id.Token(string(s)) + "." + string(c)
}

// deadSubject is bellhop.dlq.v1.<project>.<consumer>.
func deadSubject(p id.Project, consumer string) string {
	return deadPrefix + string(p) + "." + id.Token(consumer)
}

// deadFilter matches the dead letters of one consumer, or of all.
func deadFilter(consumer string) string {
	if consumer == "" {
		return deadPrefix + "*.*"
	}
	return deadPrefix + "*." + id.Token(consumer)
}

// Channel names a channel of a Pusher app. Both are any text.
type Channel struct{ App, Name string }

// under is <prefix><app>.<channel>.
func (c Channel) under(prefix string) string {
	return prefix + id.Token(c.App) + "." + id.Token(c.Name)
}

// channelsOf matches every channel of an app under a prefix, or of all apps.
func channelsOf(prefix, app string) string {
	if app == "" {
		return prefix + "*.*"
	}
	return prefix + id.Token(app) + ".*"
}

// parseChannel reads what under wrote.
func parseChannel(prefix, subject string) (c Channel, err error) {
	tail, ours := strings.CutPrefix(subject, prefix)
	app, name, cut := strings.Cut(tail, ".")
	if !ours || !cut {
		return Channel{}, fmt.Errorf("%w: %q", errSubject, subject)
	}
	if c.App, err = id.Decode(app); err == nil {
		c.Name, err = id.Decode(name)
	}
	if err != nil {
		return Channel{}, fmt.Errorf("%w: %q: %w", errSubject, subject, err)
	}
	return c, nil
}

// HookApp names an app by the project that has it: that is whose webhooks are told.
type HookApp struct {
	Project id.Project
	App     string
}

// under is <prefix><project>.<app>.
func (a HookApp) under(prefix string) string {
	return prefix + string(a.Project) + "." + id.Token(a.App)
}

// stored is bellhop.hook.v1.<project>.<app>.<session>: whose channel it is about, or id.Everyone.
func (a HookApp) stored(s id.Session) string { return a.under(hookPrefix) + "." + id.Token(string(s)) }

// all matches everything that is stored of an app.
func (a HookApp) all() string { return a.under(hookPrefix) + ".*" }

const (
	// hooksPattern matches what webhooks are told of every app, and hookedPattern where it is heard that something was stored.
	hooksPattern  = hookPrefix + "*.*.*"
	hookedPattern = hookedPrefix + "*.*"
)

// sessionHooks matches what webhooks are told of a chat session's channel, in any app.
func sessionHooks(p id.Project, s id.Session) string {
	return hookPrefix + string(p) + ".*." + id.Token(string(s))
}

// Inbox begins the subjects at which a user of the servers gets replies: its own, so that nobody can read another's.
func Inbox(user string) string { return "_INBOX_" + user }

// parseStored reads a stored subject and checks that the part is the session's.
func parseStored(subject string) (key, error) {
	rest, ok := strings.CutPrefix(subject, storedPrefix)
	part, tail, cut := strings.Cut(rest, ".")
	if !ok || !cut {
		return key{}, fmt.Errorf("%w: %q", errSubject, subject)
	}
	k, err := parseTail(tail)
	if err != nil {
		return key{}, err
	}
	if k.session.Part().String() != part {
		return key{}, fmt.Errorf("%w: %q: part %s is not the session's", errSubject, subject, part)
	}
	return k, nil
}

// parseLive reads a republished subject.
func parseLive(subject string) (key, error) {
	tail, ok := strings.CutPrefix(subject, livePrefix)
	if !ok {
		return key{}, fmt.Errorf("%w: %q", errSubject, subject)
	}
	return parseTail(tail)
}

// parseTail reads <project>.<session>.<noun>.<verb>.
func parseTail(tail string) (key, error) {
	project, rest, ok1 := strings.Cut(tail, ".")
	session, kind, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 || strings.Count(kind, ".") != 1 || strings.HasPrefix(kind, ".") || strings.HasSuffix(kind, ".") {
		return key{}, fmt.Errorf("%w: %q", errSubject, tail)
	}
	p, err := id.ParseProject(project)
	if err != nil {
		return key{}, fmt.Errorf("%w: %q: %w", errSubject, tail, err)
	}
	s, err := parseSessionToken(session)
	if err != nil {
		return key{}, fmt.Errorf("%w: %q: %w", errSubject, tail, err)
	}
	return key{project: p, session: s, kind: Type(kind)}, nil
}

func parseSessionToken(token string) (id.Session, error) {
	if token == string(id.Everyone) {
		return id.Everyone, nil
	}
	s, err := id.Decode(token)
	if err != nil {
		return "", err
	}
	return id.ParseSession(s)
}
