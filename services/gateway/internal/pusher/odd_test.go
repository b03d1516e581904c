package pusher

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// odd are values that no field is made for.
func odd() []string {
	return []string{
		`null`, `true`, `7`, `-1e400`, `99999999999999999999999999`, `""`, `"\u0000"`, `"\ud800"`, "\"\xff\"", `[]`, `["x",["x"]]`, `{}`, `{"x":{"x":[]}}`,
		strings.Repeat("[", 5000) + strings.Repeat("]", 5000), strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	}
}

// until has a client hear all that was triggered to a channel.
func (g *gateway) until(c *client, channel string) (frames []got) {
	g.Helper()
	g.triggers("mark", "", channel)
	for f := c.next(); f.Event != "mark"; f = c.next() {
		if f.Event != "pusher_internal:subscription_count" {
			frames = append(frames, f)
		}
	}
	return frames
}

func TestOddValueInAnyFieldOfATriggerIsRefusedOrHarmless(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	c.subscribes("x")
	taken := map[string]bool{
		`name "\u0000"`: true, `name "\ud800"`: true, `data ""`: true, `data "\u0000"`: true, `data "\ud800"`: true, // texts, if strange ones
		`socket_id null`: true, `info null`: true, `info ""`: true, `info "\u0000"`: true, `info "\ud800"`: true, // nothing, and nothing known
	}
	for _, field := range []string{"name", "data", "channel", "channels", "socket_id", "info"} {
		for _, value := range odd() {
			event := map[string]string{"name": `"ok"`, "data": `"y"`, "channel": `"x"`}
			event[field] = value
			if field == "channels" {
				delete(event, "channel")
			}
			var members []string
			for name, value := range event {
				members = append(members, fmt.Sprintf("%q:%s", name, value))
			}
			body := "{" + strings.Join(members, ",") + "}"
			want := 400
			if taken[field+" "+value] {
				want = 200
			}
			status, answer := g.call("POST", "events", "", body)
			heard := g.until(c, "x")
			if strings.Contains(answer, "Go ") || status != want || len(heard) > 1 || (status == 200) != (len(heard) == 1) {
				t.Errorf("%s %.60q: %d %.200s, heard %.200s", field, value, status, answer, fmt.Sprint(heard))
			}
			if field == "channels" {
				continue
			}
			status, answer = g.call("POST", "batch_events", "", `{"batch":[{"name":"ok","data":"y","channel":"x"},`+body+`]}`)
			if heard := g.until(c, "x"); status != want || (status == 200) != (len(heard) == 2) || status != 200 && len(heard) > 0 {
				t.Errorf("%s %.60q in a batch: %d %.200s, heard %.200s", field, value, status, answer, fmt.Sprint(heard))
			}
		}
	}
	for _, value := range odd() {
		if status, answer := g.call("POST", "batch_events", "", `{"batch":`+value+`}`); status != 400 {
			t.Errorf("a batch that is %.60q: %d %.200s", value, status, answer)
		}
		if status, answer := g.call("POST", "batch_events", "", `{"batch":[`+value+`]}`); status != 400 {
			t.Errorf("a batch of %.60q: %d %.200s", value, status, answer)
		}
	}
}

func TestOddValueInAnyFieldOfAFrameLeavesTheSocketAsItWas(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c, other := g.client(), g.client()
	other.subscribes("private-x")
	c.subscribes("private-x")
	for _, value := range odd() {
		for _, frame := range []string{
			`%s`, `{"event":%s}`, `{"event":"pusher:subscribe","data":%s}`, `{"event":"pusher:unsubscribe","data":%s}`, `{"event":"pusher:signin","data":%s}`,
			`{"event":"pusher:subscribe","data":{"channel":%s}}`, `{"event":"pusher:subscribe","data":{"channel":"private-y","auth":%s}}`,
			`{"event":"pusher:subscribe","data":{"channel":"presence-y","auth":"x","channel_data":%s}}`, `{"event":"pusher:unsubscribe","data":{"channel":%s}}`,
			`{"event":"pusher:signin","data":{"auth":%s,"user_data":"{}"}}`, `{"event":"pusher:signin","data":{"auth":"x","user_data":%s}}`,
			`{"event":"client-x","channel":%s,"data":{}}`, `{"event":"pusher_internal:x","channel":"private-x","data":%s}`,
		} {
			c.send(fmt.Sprintf(frame, value))
			heard := c.heard()
			if len(heard) == 0 || heard[len(heard)-1].Event != "pusher:error" {
				t.Errorf("%.80s with %.60q: heard %.200s", frame, value, fmt.Sprint(heard))
			}
		}
		c.send(fmt.Sprintf(`{"event":"pusher:pong","data":%s}`, value))
		c.heard()
	}
	c.send(`{"event":"client-last","channel":"private-x","data":{}}`)
	if f := other.next(); f.Event != "client-last" && f.Event != "pusher_internal:subscription_count" {
		t.Errorf("the other heard %+v", f)
	}
}

func TestWhatIsNoUTF8OnTheBusIsToldToNobody(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	c := a.gateway().client()
	c.subscribes("x")
	for _, payload := range []string{"{\"name\":\"x\",\"data\":\"\xff\"}", `{"name":"last","data":"1"}`} {
		if err := a.bus.ToChannel(bus.Channel{App: appID, Name: "x"}, []byte(payload)); err != nil {
			t.Fatal(err)
		}
	}
	for f := c.next(); f.Event != "last"; f = c.next() {
		if f.Event == "x" {
			t.Errorf("heard %s", f.Data)
		}
	}
}

func TestNothingIsPublishedOfATriggerThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	config := all
	config.MaxPayload = maxPayload
	a := newApp(t, config)
	g := a.gateway()
	c := g.client()
	c.subscribes("x")
	c.subscribes("cache-x")
	c.hears("pusher:cache_miss")
	a.sessions.Away.Store(true)
	for path, body := range map[string]string{
		"events":       `{"name":"lost","data":"y","channel":"x","info":"subscription_count"}`,
		"batch_events": `{"batch":[{"name":"lost","data":"y","channel":"x"},{"name":"lost","data":"y","channel":"x","info":"subscription_count"}]}`,
	} {
		if status, answer := g.call("POST", path, "", body); status != 503 {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	a.sessions.Away.Store(false)
	for _, channel := range []string{"x", "cache-x"} {
		body := `{"name":"lost","data":"` + strings.Repeat(`\"`, maxPayload) + `","channel":"` + channel + `"}`
		if status, answer := g.call("POST", "events", "", body); status != 413 || !strings.Contains(answer, "bus") {
			t.Errorf("%s: %d %s", channel, status, answer)
		}
	}
	if status, answer := g.call("POST", "events", "", `{"name":"pusher_internal:member_added","data":"{}","channel":"x"}`); status != 400 {
		t.Errorf("a name of the server's: %d %s", status, answer)
	}
	for _, channel := range []string{"x", "cache-x"} {
		if frames := g.until(c, channel); len(frames) > 0 {
			t.Errorf("heard %.200s", fmt.Sprint(frames))
		}
	}
	g.triggers("large", strings.Repeat("x", maxPayload), "x")
	if f := c.hears("large"); len(f.text()) != maxPayload {
		t.Errorf("heard %d bytes", len(f.text()))
	}
}
