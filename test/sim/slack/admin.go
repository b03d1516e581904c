package slack

import (
	"fmt"
	"strings"
	"time"
)

// SetScope gives the bot token a scope or takes it away; methods that need it answer missing_scope, and events that need
// it stop. "connections:write" is the app-level token's.
func (s *Server) SetScope(name string, has bool) {
	s.mu.Lock()
	if name == "connections:write" {
		s.world.AppScopes[name] = has
	} else {
		s.world.Scopes[name] = has
	}
	s.mu.Unlock()
	s.touch()
}

// SetSubscription subscribes the app to an event, as "message.channels", or takes the subscription away.
func (s *Server) SetSubscription(event string, on bool) error {
	if _, known := eventScopes[event]; !known {
		return fmt.Errorf("slack simulator: no event %q", event)
	}
	s.mu.Lock()
	s.world.Events[event], s.world.EventsOff = on, false
	s.mu.Unlock()
	s.touch()
	return nil
}

// RevokeToken makes every call answer token_revoked. The app hears of it.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	s.world.Gone = "token_revoked"
	s.emit(nil, "tokens_revoked", "tokens_revoked", "app", fields{
		"type": "tokens_revoked", "tokens": fields{"oauth": []string{}, "bot": []string{BotUserID}}, "event_ts": stamp(s.clock.Now().UnixMicro()),
	})
	s.mu.Unlock()
	s.touch()
}

// Uninstall takes the app out of the workspace: every call answers account_inactive. The app hears of it.
func (s *Server) Uninstall() {
	s.mu.Lock()
	s.world.Gone = "account_inactive"
	s.emit(nil, "app_uninstalled", "app_uninstalled", "app", fields{"type": "app_uninstalled", "event_ts": stamp(s.clock.Now().UnixMicro())})
	s.mu.Unlock()
	s.touch()
}

// ReplaceToken makes another bot token the valid one; the old one answers invalid_auth.
func (s *Server) ReplaceToken(token string) {
	s.mu.Lock()
	s.world.Token, s.world.Gone = token, ""
	s.mu.Unlock()
	s.touch()
}

// SetBudget replaces the limits and forgets what was spent.
func (s *Server) SetBudget(b Budget) {
	s.mu.Lock()
	s.limits = newLimiter(b.withDefaults())
	s.mu.Unlock()
	s.touch()
}

// SetClockSkew shifts the time that Slack signs with, to show a receiver whose clock is wrong.
func (s *Server) SetClockSkew(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.engine.skew = d
}

// SetDisorder is Options.Disorder from now on.
func (s *Server) SetDisorder(d time.Duration) {
	s.mu.Lock()
	s.opts.Disorder = d
	s.mu.Unlock()
	s.touch()
}

// AddChannel makes another channel. The bot is a member only if it says so.
func (s *Server) AddChannel(name string, private, botMember bool) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.world.addChannel(newID(s.rng, "C"), name, private)
	if !botMember {
		ch.BotMember = false
		ch.Members = ch.Members[1:] // the bot joined first
	}
	s.touch()
	return ch.Channel
}

// KickBot removes the bot from the channel. Posts answer not_in_channel, or channel_not_found if the channel is private.
func (s *Server) KickBot() {
	s.inHome(func(ch *channel) {
		if ch.BotMember {
			s.leave(ch, BotUserID)
		}
	})
}

// InviteBot brings the bot back.
func (s *Server) InviteBot() {
	s.inHome(func(ch *channel) {
		if !ch.BotMember {
			s.join(ch, BotUserID)
		}
	})
}

// ArchiveChannel archives the channel: every write answers is_archived.
func (s *Server) ArchiveChannel() { s.setArchived(true, "channel_archive") }

// UnarchiveChannel brings an archived channel back.
func (s *Server) UnarchiveChannel() { s.setArchived(false, "channel_unarchive") }

func (s *Server) setArchived(archived bool, kind string) {
	s.inHome(func(ch *channel) {
		if ch.Archived == archived {
			return
		}
		by := s.person(act{}).ID
		s.announce(ch, by, kind, "archived the channel")
		ch.Archived = archived
		s.emit(ch, kind, kind, kind, fields{"type": kind, "channel": ch.ID, "user": by, "event_ts": ch.nextTS(s.clock.Now())})
	})
}

// RenameChannel gives the channel another name.
func (s *Server) RenameChannel(name string) {
	s.inHome(func(ch *channel) {
		ch.Name = strings.TrimPrefix(name, "#")
		s.announce(ch, s.person(act{}).ID, "channel_name", "has renamed the channel to “"+ch.Name+"”")
		s.emit(ch, "channel_rename", "channel_rename", "channel_rename", fields{
			"type": "channel_rename", "event_ts": ch.nextTS(s.clock.Now()),
			"channel": fields{"id": ch.ID, "name": ch.Name, "created": 0, "is_channel": true, "is_mpim": false},
		})
	})
}

// Restrict makes posts answer one of the restricted_action errors; "" ends it. The names are those of chat.postMessage:
// restricted_action, restricted_action_read_only_channel, …_thread_only_channel, …_non_threadable_channel.
func (s *Server) Restrict(code string) error {
	if code != "" && !strings.HasPrefix(code, "restricted_action") {
		return fmt.Errorf("slack simulator: no restriction %q", code)
	}
	s.inHome(func(ch *channel) { ch.Restriction = code })
	return nil
}

// LockThread locks a thread, as an administrator can, or unlocks it.
func (s *Server) LockThread(ts string, locked bool) {
	s.inHome(func(ch *channel) { ch.thread(ch.rootOf(ts)).Locked = locked })
}

// SetOrphans says what happens to a post into a thread whose root is gone: refused with thread_not_found, or
// accepted where nobody sees it.
func (s *Server) SetOrphans(refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.RefuseOrphans = refused
}

// inHome changes the channel. The bot hears what do emits.
func (s *Server) inHome(do func(ch *channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.home())
	s.touch()
}
