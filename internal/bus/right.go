package bus

import (
	"slices"

	"github.com/nats-io/nats.go/jetstream"
)

// Rights are the subjects that a user of the servers may publish to and subscribe to. What Deny matches may not be published although
// Publish matches it.
type Rights struct {
	Publish   []string
	Deny      []string
	Subscribe []string
}

// rights gathers the rights of one user.
type rights struct{ Rights }

// The requests to JetStream about a stream.
const (
	infoOf   = "STREAM.INFO."
	createOf = "STREAM.CREATE."
	updateOf = "STREAM.UPDATE."
	getOf    = "STREAM.MSG.GET."
	deleteOf = "STREAM.MSG.DELETE."
	directOf = "DIRECT.GET."
)

// The requests to JetStream about a consumer.
const (
	consumerInfo   = "CONSUMER.INFO."
	consumerCreate = "CONSUMER.CREATE."
	consumerDelete = "CONSUMER.DELETE."
	consumerNext   = "CONSUMER.MSG.NEXT."
	consumerUnpin  = "CONSUMER.UNPIN."
	consumerList   = "CONSUMER.LIST."
)

// ackPrefix begins the subjects by which deliveries are settled: the stream and the consumer follow.
const ackPrefix = "$JS.ACK."

func request(what, about string) string { return jetstream.DefaultAPIPrefix + what + about }

func (r *rights) publish(subjects ...string)   { r.Publish = append(r.Publish, subjects...) }
func (r *rights) subscribe(subjects ...string) { r.Subscribe = append(r.Subscribe, subjects...) }

// about is the right to make a request about each of some streams.
func (r *rights) about(what string, streams ...string) {
	for _, stream := range streams {
		r.publish(request(what, stream))
	}
}

// scan is the right to read what is stored in a stream by way of a consumer for a while. Its name is made up, so the right is to any
// name but those that are spared.
func (r *rights) scan(stream string, spared ...string) {
	r.about(getOf, stream)
	for _, what := range []string{consumerCreate, consumerNext, consumerDelete} {
		r.publish(request(what, stream+".*"))
		for _, name := range spared {
			r.Deny = append(r.Deny, request(what, stream+"."+name))
		}
	}
}

// work is the right to make a durable consumer of the stream of facts, to be given its events, to settle them and to bury them.
func (r *rights) work(name string) {
	for _, what := range []string{consumerInfo, consumerCreate, consumerNext} {
		r.publish(request(what, streamName+"."+name))
	}
	r.publish(ackPrefix + streamName + "." + name + ".>")
}

// hold is the right to leases: taking one, keeping it, giving it back.
func (r *rights) hold() {
	r.about(infoOf, leaseStream)
	r.about(createOf, leaseStream)
	r.about("INFO", "") // of the account: the client asks what the servers can do before it makes a bucket
	r.publish(leaseSubject+"*", request(directOf, leaseStream+"."+leaseSubject+"*"))
}

// note is the right to read all notes, and to write those whose keys begin with one of these names.
func (r *rights) note(names ...string) {
	r.about(infoOf, notesStream)
	r.about(getOf, notesStream)
	for _, name := range names {
		r.publish(notesPrefix + name + ".>")
	}
}

// read is the right to the files as they are.
func (r *rights) read() {
	r.about(infoOf, objectStream)
	r.about(getOf, objectStream)
	r.about(directOf, objectStream)
}

// write is the right to store files too. What was stored of one whose upload broke off is deleted at once.
func (r *rights) write() {
	r.read()
	r.publish(chunkPrefix+">", metaPrefix+">")
	r.about(deleteOf, objectStream)
	r.scan(objectStream)
}

// channels is the right to speak for the channels of every app, and to hear them.
func (r *rights) channels() {
	all := channelsOf(channelPrefix, "")
	r.publish(all, channelsOf(cachePrefix, ""))
	r.subscribe(all, channelsOf(rosterPrefix, ""))
	for _, what := range []string{infoOf, createOf, getOf} {
		r.about(what, cacheName)
	}
}

// tell is the right to publish what webhooks are told.
func (r *rights) tell() {
	r.publish(hooksPattern)
	r.about(infoOf, hooksName)
	r.about(createOf, hooksName)
}

// toldAll is the right to read what webhooks are told, as it comes.
func (r *rights) toldAll() {
	r.about(infoOf, hooksName)
	r.about(createOf, hooksName)
	r.scan(hooksName)
	r.subscribe(hookedPattern)
}

// done is the rights in order, each once.
func (r *rights) done() Rights {
	for _, subjects := range []*[]string{&r.Publish, &r.Deny, &r.Subscribe} {
		slices.Sort(*subjects)
		*subjects = slices.Compact(*subjects)
	}
	return r.Rights
}
