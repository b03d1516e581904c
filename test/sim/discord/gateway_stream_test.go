package discord_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func TestEventsAreDuplicatedDelayedAndLostOnCommand(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	c, _ := b.identify(intents)
	twice := b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Times: 1, Duplicate: 1})
	first := b.send(thread, "twice")
	for range 2 {
		var m message
		if c.event("MESSAGE_CREATE", &m); m.ID != first {
			t.Fatalf("heard %+v", m)
		}
	}
	b.sim.Release(twice)
	b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Times: 1, Lose: true})
	b.send(thread, "lost")
	b.sim.DisturbDelivery(fault.Delivery{Kind: "MESSAGE_CREATE", Nth: 1, Times: 1, Delay: time.Hour})
	b.send(thread, "late")
	b.send(thread, "behind it")
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Hour)
	for _, want := range []string{"late", "behind it"} {
		var m message
		if c.event("MESSAGE_CREATE", &m); m.Content != want {
			t.Fatalf("heard %q, want %q", m.Content, want)
		}
	}
}

func TestGatewayCompressesAsOneZlibStream(t *testing.T) {
	b := unlimited(t)
	c := b.open(b.sim.GatewayURL() + "/?v=10&encoding=json&compress=zlib-stream")
	c.send(2, identity(b.sim.Token(), intents))
	var stream bytes.Buffer
	var reader io.ReadCloser
	for range 3 {
		_, data, err := c.ws.ReadMessage()
		must(t, err)
		if !bytes.HasSuffix(data, []byte{0, 0, 0xff, 0xff}) {
			t.Fatal("not flushed")
		}
		stream.Write(data)
		if reader == nil {
			reader, err = zlib.NewReader(&stream)
			must(t, err)
		}
	}
	text := make([]byte, 20000)
	n, _ := io.ReadAtLeast(reader, text, 500)
	if !bytes.Contains(text[:n], []byte(`"heartbeat_interval"`)) || !bytes.Contains(text[:n], []byte(`READY`)) {
		t.Fatalf("read %s", text[:n])
	}
	for _, query := range []string{"?v=10&encoding=etf", "?v=10&encoding=json&compress=zstd-stream"} {
		_, resp, err := websocket.DefaultDialer.Dial(b.sim.GatewayURL()+query, nil)
		if err == nil || resp == nil || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestGatewayCanBeDown(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(fault.Fault{Method: "connectGateway", Status: 503})
	_, resp, err := websocket.DefaultDialer.Dial(b.sim.GatewayURL()+"?v=10&encoding=json", nil)
	if err == nil || resp.StatusCode != 503 {
		t.Fatalf("%v", err)
	}
	b.sim.Release(id)
	b.identify(1)
}

func TestResumeElsewhereIsNoticed(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	b.sim.DropGateway()
	b.wait(func(v discord.State) bool { return !v.Connected() })
	r.ResumeURL = b.sim.GatewayURL()
	b.resume(r, c.seq).event("RESUMED", nil)
	if w := b.sim.Warnings(); len(w) != 1 || w[0].Method != "resume" {
		t.Fatalf("warnings: %+v", w)
	}
}
