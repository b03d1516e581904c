package telegram

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"strconv"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/test/sim/clock"
	sim "github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// site is a client and the Telegram that it talks to, with one topic.
type site struct {
	*product.Client
	telegram *sim.Server
	topic    product.Place
	offset   int64
}

func start(t *testing.T) *site {
	t.Helper()
	server := sim.New(sim.Options{Budget: sim.Budget{Off: true}, Clock: clock.Manual(time.Unix(1795000000, 0))})
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &site{telegram: server, Client: product.New(product.Config{
		Token: server.Token(), Chats: []string{strconv.FormatInt(server.ChatID(), 10)}, APIURL: server.URL(),
	})}
	t.Cleanup(func() {
		for _, warning := range server.Warnings() {
			t.Errorf("the simulator warns: %+v", warning)
		}
		s.CloseIdleConnections()
		server.Close()
	})
	s.updates(t)
	topic, err := s.CreateForumTopic(t.Context(), product.NewTopic{Chat: server.ChatID(), Name: "Ana"})
	must(t, err)
	s.topic = product.Place{Chat: server.ChatID(), Thread: topic.MessageThreadID}
	s.updates(t)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// updates are what has come since the last call.
func (s *site) updates(t *testing.T) []*product.Update {
	t.Helper()
	raw, err := s.GetUpdates(t.Context(), s.offset, 0)
	must(t, err)
	var all []*product.Update
	for _, data := range raw {
		u, err := product.DecodeUpdate(data)
		must(t, err)
		all, s.offset = append(all, u), u.ID+1
	}
	return all
}

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))))
	return out.Bytes()
}

func file(name, kind string, data []byte) product.File {
	return product.File{Name: name, MIME: kind, Size: int64(len(data)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// fetch downloads a received or sent file.
func (s *site) fetch(t *testing.T, m product.Message) []byte {
	t.Helper()
	described, ok := m.File()
	if !ok {
		t.Fatalf("no file in %+v", m)
	}
	info, err := s.GetFile(t.Context(), described.ID)
	must(t, err)
	body, err := s.Download(t.Context(), info)
	must(t, err)
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(body)
	must(t, err)
	return data
}
