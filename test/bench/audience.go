package bench

import (
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// audience are sockets in channels. The process is told what to do, line by line, and reports each with what it has measured.
type audience struct {
	Host string // where sockets, and calls of the HTTP API, go
	NATS string // where events are published
	Bare bool   // the sockets are connections to NATS, and there is no API
	// Floor tells that the sockets are a writer's, which is sent what they hear.
	Floor bool
}

type attending struct {
	audience
	tally
	wire  wire
	conns []*conn
	bus   *nats.Conn
}

func (a audience) run() (any, error) {
	at := &attending{audience: a, wire: pusherWire{}}
	switch {
	case a.Bare:
		at.wire = natsWire{}
	case a.Floor:
		at.wire = floorWire{}
		return at.attend()
	}
	var err error
	if at.bus, err = nats.Connect(a.NATS); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer at.bus.Close()
	return at.attend()
}

func (a *attending) attend() (any, error) {
	defer a.close()
	say("ready")
	if err := obeyed(a.obey); err != nil {
		return nil, err
	}
	return len(a.conns), nil
}

func (a *attending) close() {
	for _, c := range a.conns {
		_ = c.Close()
	}
}

// obey does one order: open n channels, broadcast times, bus rate seconds, api rate seconds, trigger connections seconds, enter channels.
func (a *attending) obey(order string) (result heardByCrowd, err error) {
	var verb string
	var x, y int
	if _, err := fmt.Sscanf(order+" 0 0", "%s %d %d", &verb, &x, &y); err != nil {
		return result, err
	}
	begun := time.Now()
	switch verb {
	case "open":
		err = a.open(x, y)
	case "broadcast":
		return a.announce(x)
	case "bus":
		return a.steady(x, time.Duration(y)*time.Second, 1, a.sendByBus)
	case "api":
		return a.steady(x/batch, time.Duration(y)*time.Second, batch, a.sendByAPI)
	case "trigger":
		result.Deliveries, err = a.trigger(x, time.Duration(y)*time.Second)
	case "enter":
		err = a.enterMany(x)
	default:
		err = fmt.Errorf("nobody knows how to %s", verb)
	}
	result.For = time.Since(begun)
	return result, err
}

// announce sends so many events to all sockets.
func (a *attending) announce(times int) (heardByCrowd, error) {
	send := func(at time.Time) error { return a.publish(0, at) }
	if a.Floor {
		say, end, err := speak(a.Host)
		if err != nil {
			return heardByCrowd{}, err
		}
		defer func() { _ = end.Close() }()
		send = say
	}
	return a.broadcast(times, len(a.conns), send)
}

// open has n sockets, spread over so many channels; those that are there already stay where they are.
func (a *attending) open(n, channels int) error {
	before := len(a.conns)
	more, err := openAll(n-before, func(i int) (*conn, error) {
		c, err := a.wire.open(a.Host, sourceOf(before+i))
		if err == nil && channels > 0 {
			err = a.wire.enter(c, []string{channelName((before + i) % channels)})
		}
		return c, err
	})
	if err != nil {
		return err
	}
	a.conns = append(a.conns, more...)
	for _, c := range more {
		go a.listen(c)
	}
	return nil
}

// listen reads a socket to its end.
func (a *attending) listen(c *conn) {
	for {
		payload, err := a.wire.next(c)
		if err != nil {
			return
		}
		a.note(payload)
	}
}

// enterMany puts one socket into so many channels.
func (a *attending) enterMany(n int) error {
	c, err := a.wire.open(a.Host, "")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	names := make([]string, n)
	for i := range names {
		names[i] = channelName(i)
	}
	return a.wire.enter(c, names)
}
