package bus

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// The users of the bus that are Bellhop's own: its services, the command line, and what of it makes backups.
const (
	Gateway     = "gateway"
	Sessions    = "sessions"
	Notifier    = "notifier"
	Inbound     = "inbound"
	CommandLine = "cli"
	Backup      = "backup"
)

// Users are Bellhop's own.
func Users() []string { return []string{Gateway, Sessions, Notifier, Inbound, CommandLine, Backup} }

// Guests are the others on a bus: what they are decides what Bellhop's own may do there.
type Guests struct {
	// Projects whose consumers are known. Those of others work too, and the gateway is not kept away from them.
	Projects    []id.Project
	Integrators []Integrator
}

// errUser says that nobody of a name is Bellhop's own.
var errUser = errors.New("no user of Bellhop's own")

// RightsOf are the rights of one of Bellhop's own users.
func RightsOf(user string, g Guests) (Rights, error) {
	of, known := map[string]func(*rights, Guests){
		Gateway: gatewayRights, Sessions: sessionsRights, Notifier: notifierRights, Inbound: inboundRights, CommandLine: commandLineRights,
		Backup: backupRights,
	}[user]
	if !known {
		return Rights{}, fmt.Errorf("%w: %q", errUser, user)
	}
	r := &rights{}
	r.subscribe(Inbox(user) + ".>")
	of(r, g)
	return r.done(), nil
}

// streams are all that are looked at by whoever tells what an acknowledgement is worth.
var streams = []string{streamName, deadName, notesStream, objectStream}

// serve is what every service may do: find the streams, and make those that are not there. Only one changes those that are.
func (r *rights) serve(facts ...Type) {
	r.about(infoOf, streams...)
	r.about(createOf, streams...)
	for _, t := range facts {
		r.publish(typeFilter("", t))
	}
}

func gatewayRights(r *rights, g Guests) {
	r.serve(SessionStarted, SessionUpdated, SessionLeft, SessionClosed, SessionReopened, SessionErased, MessageCreated, MessageEdited,
		MessageDeleted, MessageRead, EventReceived, EventEmitted, OperatorStatus, CsatSubmitted, AISwitched, AttachmentStored)
	r.subscribe(liveFilter("", ""))
	for _, noun := range []string{"typing", "absent", "present"} {
		r.publish(signalFilter(noun))
		r.subscribe(signalFilter(noun))
	}
	for _, command := range []Command{EmitEvent, SendMessage, CloseSession} {
		r.subscribe(commandFilter(command))
	}
	for _, integrator := range g.Integrators {
		if integrator.Commands {
			r.publish(Inbox(integrator.Name) + ".>")
		}
	}
	r.note("apikeyuse", "bridge", "files")
	r.write()
	r.scan(streamName, g.durables("")...)
	r.channels()
	r.tell()
}

func sessionsRights(r *rights, g Guests) {
	r.serve(SessionErased, ErasurePlanned, ErasureReported)
	r.about(updateOf, streamName, deadName, notesStream, objectStream)
	r.publish(deadFilter(Sessions), channelsOf(rosterPrefix, ""))
	for _, durable := range sessionsDurables() {
		r.work(durable)
		r.publish(request(consumerUnpin, streamName+"."+durable))
	}
	r.scan(streamName, g.durables(Sessions)...)
	r.scan(deadName)
	r.about(deleteOf, streamName, deadName)
	r.write()
	r.note("files")
	r.hold()
	r.tell()
	r.about(updateOf, hooksName)
	r.scan(hooksName)
	r.about(deleteOf, hooksName)
}

func notifierRights(r *rights, g Guests) {
	r.serve(MessageDeliver, MessageFailed, ThreadOpened, ErasureReported)
	// Its consumers are named after platforms and projects: anything that is not somebody else's.
	r.scan(streamName, g.durables(Notifier)...)
	r.publish(request(consumerInfo, streamName+".*"), ackPrefix+streamName+".*.>", deadFilter(""))
	for _, name := range g.durables(Notifier) {
		r.Deny = append(r.Deny, ackPrefix+streamName+"."+name+".>")
	}
	r.Deny = append(r.Deny, deadFilter(Sessions))
	r.subscribe(signalFilter("typing"), signalFilter("slack-thread"))
	r.note("condition", "files", "outgoing", "hooks")
	r.read()
	r.hold()
	r.toldAll()
}

func inboundRights(r *rights, _ Guests) {
	r.serve(SessionClosed, SessionReopened, SessionBlocked, MessageCreated, MessageEdited, MessageDeleted, MessageRead, OperatorStatus,
		CsatRequested, AISwitched, ScreenshotRequested, AttachmentStored)
	r.publish(signalFilter("typing"), signalFilter("slack-thread"))
	r.note("condition", "files", "telegram", "discord", "inbound")
	r.write()
	r.hold()
}

// commandLineRights are those of doctor, tail, dlq, key and webhook.
func commandLineRights(r *rights, g Guests) {
	r.about(infoOf, append(slices.Clone(streams), leaseStream)...)
	r.publish(typeFilter("", DeliveryRequested))
	r.publish(request(consumerList, streamName), request(consumerInfo, streamName+".*"))
	r.subscribe(liveFilter("", ""))
	r.scan(streamName, g.durables("")...)
	r.scan(deadName)
	r.about(deleteOf, deadName)
	r.note("apikey", "apikeyuse", "outgoing")
	r.publish(request(directOf, leaseStream+"."+leaseSubject+"*"))
}

// backupRights are those of backup, and of restore, which makes streams that are not there and changes none. They are nobody else's: a
// server writes a snapshot to whatever subject it is told.
func backupRights(r *rights, _ Guests) {
	r.about(infoOf, snapshotted...)
	r.about(snapshotOf, snapshotted...)
	r.about(restoreOf, snapshotted...)
	for _, stream := range snapshotted {
		r.publish(snapshotAcks+stream+".>", restorePieces+stream+".*")
	}
}

// durables are the consumers of all that are known but one user's.
func (g Guests) durables(but string) (names []string) {
	if but != Sessions {
		names = append(names, sessionsDurables()...)
	}
	if but != Notifier {
		for _, p := range g.Projects {
			for _, what := range []string{"telegram", "discord", "slack", "webhook", "backend"} {
				names = append(names, DurableOf("notifier-"+what, p))
			}
		}
	}
	for _, integrator := range g.Integrators {
		for name := range integrator.Consumers() {
			names = append(names, name)
		}
	}
	return names
}

func sessionsDurables() (names []string) {
	for n := range id.Part(id.Parts) {
		names = append(names, partDurable(Sessions, n))
	}
	return names
}

// DurableOf is the name of a consumer that each project has one of. A project's name has no underscore.
func DurableOf(name string, p id.Project) string {
	if p == "" || p == id.Default {
		return name
	}
	return strings.Join([]string{name, string(p)}, "_")
}
