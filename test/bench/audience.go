package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// audience are sockets in channels. The process is told what to do, line by line, and reports each with what it has measured.
type audience struct {
	Host string // where sockets, and calls of the HTTP API, go
	NATS string // where events are published
	Bare bool   // the sockets are connections to NATS, and there is no API
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
	if a.Bare {
		at.wire = natsWire{}
	}
	var err error
	if at.bus, err = nats.Connect(a.NATS); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer at.close()
	say("ready")
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		result, err := at.obey(orders.Text())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", orders.Text(), err)
		}
		raw, err := json.Marshal(result)
		if err != nil {
			return nil, err
		}
		say(string(raw))
	}
	return len(at.conns), nil
}

func (a *attending) close() {
	a.bus.Close()
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
		return a.broadcast(x, len(a.conns), func(at time.Time) error { return a.publish(0, at) })
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

// channelEvent is what travels on the bus, and within a batch of the API.
func channelEvent(due time.Time) string {
	return `"name":"bench","data":"` + stamp(due) + " " + filler + `"`
}

func (a *attending) publish(channel int, due time.Time) error {
	if err := a.bus.Publish(subjectOf(channelName(channel)), []byte("{"+channelEvent(due)+"}")); err != nil {
		return err
	}
	return a.bus.Flush()
}

func (a *attending) sendByBus(turns <-chan int, due func(int) time.Time) error {
	for n := range turns {
		if err := a.bus.Publish(subjectOf(channelName(n%len(a.conns))), []byte("{"+channelEvent(due(n))+"}")); err != nil {
			return err
		}
	}
	return nil
}

// batch is how many events the API takes at once.
const batch = 10

func (a *attending) sendByAPI(turns <-chan int, due func(int) time.Time) error {
	c, err := dial(a.Host, "")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for n := range turns {
		events := make([]string, batch)
		for i := range events {
			events[i] = `{"channel":"` + channelName((n*batch+i)%len(a.conns)) + `",` + channelEvent(due(n)) + `}`
		}
		body := []byte(`{"batch":[` + strings.Join(events, ",") + `]}`)
		if _, err := c.post(signed("batch_events", body), body); err != nil {
			return err
		}
	}
	return nil
}

// signed is a path of the API for a body.
func signed(path string, body []byte) string {
	path = "/apps/" + appID + "/" + path
	params := []signature.Param{
		{Key: signature.ParamKey, Value: appKey}, {Key: signature.ParamTimestamp, Value: strconv.FormatInt(time.Now().Unix(), 10)},
		{Key: signature.ParamVersion, Value: signature.Version}, {Key: signature.ParamBodyMD5, Value: signature.BodyMD5(body)},
	}
	query := signature.ParamSignature + "=" + signature.Request(appSecret, "POST", path, params)
	for _, p := range params {
		query += "&" + p.Key + "=" + p.Value
	}
	return path + "?" + query
}

// trigger has connections send events that nobody hears, each its next when it has the answer, and counts them.
func (a *attending) trigger(connections int, length time.Duration) (int, error) {
	var accepted atomic.Int64
	errs := make([]error, connections)
	until := time.Now().Add(length)
	var wg sync.WaitGroup
	for i := range connections {
		wg.Go(func() {
			call, end, err := a.caller(i)
			for ; err == nil && time.Now().Before(until); accepted.Add(1) {
				err = call()
			}
			errs[i] = err
			end()
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return int(accepted.Load()), nil
}

// caller sends an event and waits for the answer: an API call, always the same, or a message to NATS and a ping.
func (a *attending) caller(i int) (call func() error, end func(), err error) {
	channel := "nobody-" + strconv.Itoa(i)
	event := channelEvent(time.Now())
	var c *conn
	if a.Bare {
		c, err = a.wire.open(a.Host, "")
		event = "{" + event + "}"
		request := []byte("PUB " + subjectOf(channel) + " " + strconv.Itoa(len(event)) + "\r\n" + event + "\r\nPING\r\n")
		call = func() error {
			if _, err := c.Write(request); err != nil {
				return err
			}
			return pong(c)
		}
	} else {
		c, err = dial(a.Host, "")
		body := []byte(`{"channel":"` + channel + `",` + event + `}`)
		path := signed("events", body)
		call = func() error { _, err := c.post(path, body); return err }
	}
	if err != nil {
		return nil, func() {}, err
	}
	return call, func() { _ = c.Close() }, nil
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
