package projection

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// TestBytesThatAreNoEventHoldUpNobody publishes as a foreign program might: past the bus package, which refuses to.
func TestBytesThatAreNoEventHoldUpNobody(t *testing.T) {
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server, Name: t.Name()})
	s := fresh(t)
	p := run(t, s, b)
	events := publish(t, b, says(0, senderVisitor, hello))

	conn, err := server.InProcessConn()
	if err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() { // an in-process connection holds nothing back: what the server says must be read
		defer close(drained)
		_, _ = io.Copy(io.Discard, conn)
	}()
	defer func() { _ = conn.Close(); <-drained }()
	subject := strings.Join([]string{"bellhop.v1", guest.Part().String(), string(shop), id.Token(string(guest)), string(bus.MessageCreated)}, ".")
	if _, err := fmt.Fprintf(conn, "CONNECT {\"verbose\":false}\r\nPUB %s 1\r\n{\r\n", subject); err != nil {
		t.Fatal(err)
	}
	bad := events[0]
	for deadline := time.Now().Add(10 * time.Second); bad.Seq == events[0].Seq; {
		if time.Now().After(deadline) {
			t.Fatal("the stream has not taken the bytes")
		}
		if bad.Seq, err = b.LastSeq(t.Context(), shop, guest); err != nil {
			t.Fatal(err)
		}
	}
	reach(t, p, bad)
	holds(t, s, events)
}
