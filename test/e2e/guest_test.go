package e2e

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// guest is a visitor with a name that nobody else has, by which operators know the thread.
type guest struct {
	*visitor.Visitor
	t    *testing.T
	name string
}

// Name is what the card says.
func (g guest) Name() string { return g.name }

// arrives opens a page. Each option changes what the browser is like.
func (s *stack) arrives(t *testing.T, options ...func(*visitor.Options)) guest {
	t.Helper()
	o := s.browser()
	for _, option := range options {
		option(&o)
	}
	name, _ := o.Identity["name"].(string)
	return guest{visitor.Arrive(t, o), t, name}
}

// browser is what a new visitor comes with.
func (s *stack) browser() visitor.Options {
	name := "Vera " + strings.ToLower(rand.Text()[:12])
	return visitor.Options{
		URL: s.url, HTTP: s.http, Reconnect: visitor.Stubborn,
		Identity: map[string]any{"id": name, "name": name, "email": strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com"},
		Metadata: map[string]any{"url": "https://shop.example/cart", "pageTitle": "Cart", "language": "de"},
	}
}

// rooms are a visitor's threads, one on each platform.
func (s *stack) rooms(t *testing.T, of guest) map[string]team.Room {
	t.Helper()
	rooms := map[string]team.Room{}
	for _, p := range s.all {
		rooms[p.Name()] = team.At(t, p).Room(of)
	}
	return rooms
}
