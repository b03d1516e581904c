package pusher

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

func TestDataArriveByteByByteAtEveryGatewayButNotAtTheSocketThatIsExcluded(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	here, there, sender := one.client(), two.client(), one.client()
	for _, c := range []*client{here, there, sender} {
		c.subscribes("orders")
	}
	for _, data := range []string{`{"b":1.0,"a":9007199254740993,"a":"<&>\u2028"}`, `not JSON`, ``, `"text"`, "line\nline\x00\U0001f600", `null`} {
		body := string(encode(map[string]any{"name": `App\Events\Paid ü`, "data": data, "channel": "orders", "socket_id": sender.id}))
		if status, answer := one.call("POST", "events", "", body); status != 200 || answer != "{}" {
			t.Fatalf("%q: %d %s", data, status, answer)
		}
		for _, c := range []*client{here, there} {
			if f := c.hears(`App\Events\Paid ü`); f.text() != data || f.Channel != "orders" || f.User != "" || f.Data[0] != '"' {
				t.Errorf("%q arrived as %+v", data, f)
			}
		}
	}
	if frames := sender.heard(); len(frames) > 0 {
		t.Errorf("who was excluded heard %+v", frames)
	}
	there.send(`{"event":"pusher:unsubscribe","data":{"channel":"orders"}}`)
	there.heard()
	one.triggers("more", "x", "orders")
	here.hears("more")
	if frames := there.heard(); len(frames) > 0 {
		t.Errorf("who has left heard %+v", frames)
	}
}

func TestProgramOnTheBusIsAPublisherAndAListener(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g := a.gateway()
	c := g.client()
	c.subscribes("private-orders")
	heard := make(chan string, 10)
	stop, err := a.bus.OnChannels(appID, func(c bus.Channel, payload []byte, _ uint64) { heard <- c.Name + " " + string(payload) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, nonsense := range []string{``, `{`, `[]`, `{"name":"x"}`, `{"data":"x"}`, `{"name":"pusher_internal:member_added","data":"{}"}`} {
		if err := a.bus.ToChannel(bus.Channel{App: appID, Name: "private-orders"}, []byte(nonsense)); err != nil {
			t.Fatal(err)
		}
		<-heard
	}
	if err := a.bus.ToChannel(bus.Channel{App: appID, Name: "private-orders"}, []byte(`{"name":"paid","data":"1"}`)); err != nil {
		t.Fatal(err)
	}
	<-heard
	if f := c.hears("paid"); f.text() != "1" {
		t.Errorf("heard %+v", f)
	}
	c.send(`{"event":"client-typing","channel":"private-orders","data":{"n":9007199254740993}}`)
	want := fmt.Sprintf(`private-orders {"name":"client-typing","data":{"n":9007199254740993},"socketId":"%s","client":true}`, c.id)
	if got := <-heard; got != want {
		t.Errorf("heard %s, want %s", got, want)
	}
	if frames := c.heard(); len(frames) > 0 {
		t.Errorf("the sender heard %+v", frames)
	}
}

func TestClientEventsAreForThoseWhoAreInAndSayWhoSentThem(t *testing.T) {
	t.Parallel()
	config := all
	config.ClientEventRate = 5
	a := newApp(t, config)
	g, other := a.gateway(), a.gateway()
	c, b, third := g.client(), other.client(), g.client()
	c.subscribes("presence-room", `{"user_id":"ann"}`)
	b.subscribes("presence-room", `{"user_id":10}`)
	c.hears("pusher_internal:member_added")
	c.subscribes("public")
	c.send(`{"event":"client-x","channel":"presence-room","data":{"a":1},"user_id":"admin","socket_id":"1.1"}`)
	if f := b.hears("client-x"); f.User != "ann" || string(f.Data) != `{"a":1}` {
		t.Errorf("heard %+v", f)
	}
	c.send(`{"event":"client-x","channel":"presence-room","data":"{\"a\": 1.0}"}`)
	if f := b.hears("client-x"); f.text() != `{"a": 1.0}` {
		t.Errorf("heard %+v", f)
	}
	for what, frame := range map[string]string{
		"public":   `{"event":"client-x","channel":"public","data":{}}`,
		"not in":   `{"event":"client-x","channel":"private-other","data":{}}`,
		"no data":  `{"event":"client-x","channel":"presence-room"}`,
		"too big":  `{"event":"client-x","channel":"presence-room","data":"` + strings.Repeat("x", 10241) + `"}`,
		"too long": `{"event":"client-` + strings.Repeat("x", 194) + `","channel":"presence-room","data":{}}`,
	} {
		c.send(frame)
		if f := c.hears("pusher:error"); !strings.Contains(string(f.Data), "4301") {
			t.Errorf("%s: %s", what, f.Data)
		}
	}
	third.send(`{"event":"client-x","channel":"presence-room","data":{}}`)
	third.hears("pusher:error")
	for range 20 {
		c.send(`{"event":"client-many","channel":"presence-room","data":{}}`)
	}
	refused := 0
	for _, f := range c.heard() {
		if strings.Contains(string(f.Data), "4301") {
			refused++
		}
	}
	if refused < 10 || refused > 17 {
		t.Errorf("%d of 20 at once were refused", refused)
	}
}

func TestClientEventsAreOffUnlessTheyAreWanted(t *testing.T) {
	t.Parallel()
	c := newApp(t, Config{}).gateway().client()
	c.subscribes("private-x")
	c.send(`{"event":"client-x","channel":"private-x","data":{}}`)
	c.hears("pusher:error")
}

func TestCacheChannelShowsItsLastEventOnceAndMissesNone(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	g, other := a.gateway(), a.gateway()
	first := g.client()
	first.subscribes("cache-price")
	if f := first.next(); f.Event != "pusher:cache_miss" || f.text() != "{}" || f.Channel != "cache-price" {
		t.Errorf("an empty cache said %+v", f)
	}
	g.triggers("set", "1", "cache-price")
	g.triggers("set", "2", "cache-price")
	for _, want := range []string{"1", "2"} {
		if f := first.hears("set"); f.text() != want {
			t.Errorf("heard %+v, want %s", f, want)
		}
	}
	// While many join, the price goes on changing: each sees one old price and then every newer one.
	const last = 60
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 3; i <= last; i++ {
			g.triggers("set", fmt.Sprint(i), "cache-price")
		}
	}()
	for i := 0; i < 20; i++ {
		c := []*gateway{g, other}[i%2].client()
		c.subscribes("cache-price")
		var n, before int
		for n < last {
			if _, err := fmt.Sscan(c.hears("set").text(), &n); err != nil || before > 0 && n != before+1 {
				t.Fatalf("after %d came %d, %v", before, n, err)
			}
			before = n
		}
	}
	<-done
	if status, answer := g.call("GET", "channels/cache-price", "info=cache", ""); status != 200 || !strings.Contains(answer, `"cache":{"data":"60","ttl":1`) {
		t.Errorf("%d %s", status, answer)
	}
	if _, answer := g.call("GET", "channels/cache-other", "info=cache", ""); answer != `{"occupied":false,"cache":null}` {
		t.Errorf("%s", answer)
	}
}

func TestCacheIsForgottenWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	config := all
	config.CacheFor = time.Nanosecond
	g := newApp(t, config).gateway()
	g.triggers("set", "1", "cache-price")
	c := g.client()
	c.subscribes("cache-price")
	c.hears("pusher:cache_miss")
}

func TestSubscribersAreToldHowManyTheyAre(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	one, two := a.gateway(), a.gateway()
	first := one.client()
	first.subscribes("counted")
	until := func(n int) {
		t.Helper()
		want := fmt.Sprintf(`{"subscription_count":%d}`, n)
		for f := first.hears("pusher_internal:subscription_count"); f.text() != want; f = first.hears("pusher_internal:subscription_count") {
			if f.Channel != "counted" {
				t.Errorf("%+v", f)
			}
		}
	}
	until(1)
	second := two.client()
	second.subscribes("counted")
	until(2)
	_ = second.ws.Close()
	until(1)
	alone := one.client()
	alone.subscribes("cache-counted")
	alone.hears("pusher_internal:subscription_count") // although it waits for the cache when that is told
	bustest.Until(t, "the answer is right", func() bool {
		_, answer := two.call("GET", "channels/counted", "info=subscription_count", "")
		return answer == `{"occupied":true,"subscription_count":1}`
	})
}
