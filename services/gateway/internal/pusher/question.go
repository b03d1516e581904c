package pusher

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// askTimeout bounds a question to the sessions service.
const askTimeout = 5 * time.Second

// attributes are what a backend is told of a channel. What it did not ask for, or does not apply, is left out.
type attributes struct {
	Occupied      *bool           `json:"occupied,omitempty"`
	Users         *int32          `json:"user_count,omitempty"`
	Subscriptions *int64          `json:"subscription_count,omitempty"`
	Cache         json.RawMessage `json:"cache,omitempty"`
}

// The attributes that can be asked for.
const (
	userCount         = "user_count"
	subscriptionCount = "subscription_count"
	cacheAttribute    = "cache"
)

func attributesOf(info string) []string {
	return strings.FieldsFunc(info, func(r rune) bool { return r == ',' || r == ' ' })
}

// about is how a channel stands, in the attributes that are wanted.
func (s *Server) about(now *sessionsv1.Standing, wanted []string) (a attributes) {
	presence := kindOf(now.GetChannel()).presence
	if presence && slices.Contains(wanted, userCount) {
		a.Users = new(int32)
		*a.Users = now.GetUsers()
	}
	if !presence && s.SubscriptionCounts == on && slices.Contains(wanted, subscriptionCount) {
		a.Subscriptions = new(int64)
		*a.Subscriptions = now.GetSockets()
	}
	return a
}

// look asks how channels stand.
func (s *Server) look(ctx context.Context, names []string, members bool) ([]*sessionsv1.Standing, *intake.Refusal) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := s.Channels.Look(ctx, &sessionsv1.LookRequest{App: s.AppID, Channels: names, Members: members})
	if err != nil {
		return nil, unavailable()
	}
	return answer.GetStandings(), nil
}

// attributes are those of some channels, by name.
func (s *Server) attributes(ctx context.Context, names, wanted []string) (map[string]attributes, *intake.Refusal) {
	standings, f := s.look(ctx, names, false)
	if f != nil {
		return nil, f
	}
	all := map[string]attributes{}
	for _, now := range standings {
		all[now.GetChannel()] = s.about(now, wanted)
	}
	return all, nil
}

// channels lists the channels that somebody is in.
func (s *Server) channels(c call) (any, *intake.Refusal) {
	prefix, wanted := c.params.get("filter_by_prefix"), attributesOf(c.params.list("info"))
	if slices.Contains(wanted, userCount) && !strings.HasPrefix(prefix, "presence-") {
		return nil, invalid("user_count is for presence channels: filter_by_prefix must begin with presence-")
	}
	if !utf8.ValidString(prefix) {
		return nil, invalid("filter_by_prefix is no UTF-8")
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), askTimeout)
	defer cancel()
	answer, err := s.Channels.Occupied(ctx, &sessionsv1.OccupiedRequest{App: s.AppID, Prefix: prefix})
	if err != nil {
		return nil, unavailable()
	}
	all := map[string]attributes{}
	for _, now := range answer.GetStandings() {
		all[now.GetChannel()] = s.about(now, wanted)
	}
	return struct {
		Channels map[string]attributes `json:"channels"`
	}{all}, nil
}

// channel tells about one channel; of one that nobody is in, too.
func (s *Server) channel(c call, name string) (any, *intake.Refusal) {
	if err := checkName(name); err != nil {
		return nil, invalid(err.Error())
	}
	wanted, k := attributesOf(c.params.list("info")), kindOf(name)
	if slices.Contains(wanted, userCount) && !k.presence {
		return nil, invalid("user_count is for presence channels")
	}
	standings, f := s.look(c.r.Context(), []string{name}, false)
	if f != nil {
		return nil, f
	}
	a := s.about(standings[0], wanted)
	a.Occupied = new(bool)
	*a.Occupied = standings[0].GetSockets() > 0 || standings[0].GetUsers() > 0
	if k.cached && slices.Contains(wanted, cacheAttribute) {
		if a.Cache, f = s.cached(name); f != nil {
			return nil, f
		}
	}
	return a, nil
}

// cached is a channel's last event as backends are told of it; null when there is none.
func (s *Server) cached(name string) (json.RawMessage, *intake.Refusal) {
	last, err := s.lastOf(name, time.Now().Add(cacheTimeout))
	if err != nil {
		return nil, unavailable()
	}
	e, _ := read(name, last.Payload)
	if e.Name == "" {
		return json.RawMessage("null"), nil
	}
	return encode(struct {
		Data json.RawMessage `json:"data"`
		TTL  int             `json:"ttl"`
	}{e.Data, int((s.CacheFor - time.Since(last.At)).Seconds())}), nil
}

// users lists who is in a presence channel.
func (s *Server) users(c call, name string) (any, *intake.Refusal) {
	if err := checkName(name); err != nil {
		return nil, invalid(err.Error())
	}
	if !kindOf(name).presence {
		return nil, invalid(fmt.Sprintf("%s is no presence channel: its users are not known", name))
	}
	standings, f := s.look(c.r.Context(), []string{name}, true)
	if f != nil {
		return nil, f
	}
	type user struct {
		ID string `json:"id"`
	}
	all := make([]user, 0, len(standings[0].GetMembers()))
	for _, m := range standings[0].GetMembers() {
		all = append(all, user{m.GetUser()})
	}
	return struct {
		Users []user `json:"users"`
	}{all}, nil
}
