package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// SetEventsURL registers where events go, as an app's settings page does: the URL must first answer a signed
// url_verification with the challenge. "" takes the registration away.
func (s *Server) SetEventsURL(ctx context.Context, address string) error {
	if address != "" {
		if err := checkHook(address); err != nil {
			return err
		}
		if err := s.challenge(ctx, address); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.world.Hooks.Events, s.world.EventsOff = address, false
	s.mu.Unlock()
	s.touch()
	return nil
}

// SetURLs registers one address for events, interactivity and commands.
func (s *Server) SetURLs(ctx context.Context, address string) error {
	if err := s.SetEventsURL(ctx, address); err != nil {
		return err
	}
	return s.setHook(address, func(h *Hooks) { h.Interactivity, h.Commands = address, address })
}

// SetInteractivityURL registers where buttons, shortcuts and views go; it is not asked first. "" takes it away.
func (s *Server) SetInteractivityURL(address string) error {
	return s.setHook(address, func(h *Hooks) { h.Interactivity = address })
}

// SetCommandsURL registers where slash commands go.
func (s *Server) SetCommandsURL(address string) error {
	return s.setHook(address, func(h *Hooks) { h.Commands = address })
}

func (s *Server) setHook(address string, set func(*Hooks)) error {
	if address != "" {
		if err := checkHook(address); err != nil {
			return err
		}
	}
	s.mu.Lock()
	set(&s.world.Hooks)
	s.mu.Unlock()
	s.touch()
	return nil
}

// checkHook refuses what is no loopback address.
func checkHook(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("parse request URL: not an http address")
	}
	if !isLoopback(u.Hostname()) {
		return ErrNotLoopback
	}
	return nil
}

// challenge is Slack's url_verification.
func (s *Server) challenge(ctx context.Context, address string) error {
	s.mu.Lock()
	word := random(s.rng, alphabet, 32)
	id := newID(s.rng, "Ev")
	s.mu.Unlock()
	body, err := json.Marshal(fields{"token": verificationToken, "challenge": word, "type": "url_verification"})
	if err != nil {
		return fmt.Errorf("encode challenge: %w", err)
	}
	p := &parcel{to: "events", url: address, kind: "url_verification", id: id, contentType: "application/json", body: body, attempt: 1}
	out := s.send(ctx, p, false)
	if !out.ok || !echoes(out.answer, word) {
		return ErrChallenge
	}
	return nil
}

// echoes accepts the word alone, as a form, or as JSON.
func echoes(answer []byte, word string) bool {
	text := strings.TrimSpace(string(answer))
	var object struct{ Challenge string }
	return text == word || text == "challenge="+word || json.Unmarshal(answer, &object) == nil && object.Challenge == word
}

// Forge sends a request that is not what it pretends to be, made from the latest genuine one to the same destination (events,
// interactivity or commands), and returns how the receiver took it.
func (s *Server) Forge(ctx context.Context, to string, how Forgery) (Delivery, error) {
	s.mu.Lock()
	latest := s.engine.latest[to]
	s.mu.Unlock()
	if latest == nil {
		return Delivery{}, ErrNothingYet
	}
	forged := *latest
	forged.forgery = how
	s.send(ctx, &forged, false)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.posts.kept) - 1; i >= 0; i-- {
		if d := s.posts.kept[i]; d.ID == latest.id && d.Forged == how {
			return d, nil
		}
	}
	return Delivery{}, fmt.Errorf("forge: %w", ctx.Err())
}
