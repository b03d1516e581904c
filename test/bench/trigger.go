package bench

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

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
