package discord

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// world is everything a snapshot holds. Server.mu guards it.
type world struct {
	Token        string
	Revoked      bool
	App          application
	Guild        guild
	Home         string // the operators' channel
	Users        map[string]*User
	Members      map[string]*member
	Channels     map[string]*channel // threads among them
	Order        []string            // of channels, oldest first
	Messages     map[string]*Message
	Webhooks     map[string]*webhook
	Files        map[string]*storedFile
	Nonces       map[string]nonced // by author and nonce
	Interactions []*interaction
	Commands     []*command

	LastMS, Increment int64 // of snowflakes
	NextIdle          time.Time
}

// application is the bot's application in the portal.
type application struct {
	ID       string
	Endpoint string   // interactions endpoint URL; "" is the gateway
	Blocked  []string // privileged intents that are switched off
}

type guild struct {
	ID, Name, OwnerID string
	Roles             []*Role
	Left              bool // the bot was removed
}

type member struct {
	Roles    []string
	Nick     string
	JoinedAt time.Time
}

func (m *member) has(role string) bool { return slices.Contains(m.Roles, role) }

// Channel types.
const (
	typeText          = 0
	typePublicThread  = 11
	typePrivateThread = 12
	typeForum         = 15
)

// channel is a channel or a thread.
type channel struct {
	ID, ParentID string
	Type         int
	Name         string
	Overwrites   []Overwrite
	Tags         []Tag // of a forum
	RequireTag   bool

	MessageIDs []string
	LastID     string

	// Of threads.
	OwnerID          string
	Applied          []string
	Archived, Locked bool
	Deleted          bool
	AutoArchive      int // minutes
	ArchivedAt       time.Time
	Created, Active  time.Time
	Sent             int // messages ever, without the starter
	Count            int // messages there are, without the starter
	Pinned           bool
	Joined           []string // user ids
	Added            []string // names of those whom the bot added, which notified them

	TypingUser string
	TypingEnds time.Time
}

func (ch *channel) isThread() bool {
	return ch.Type == typePublicThread || ch.Type == typePrivateThread
}

type nonced struct {
	MessageID string
	At        time.Time
}

func (w *world) addUser(u User, now time.Time, roles ...string) *User {
	w.Users[u.ID] = &u
	w.Members[u.ID] = &member{Roles: roles, JoinedAt: now}
	return &u
}

func (w *world) addChannel(ch *channel) {
	w.Channels[ch.ID] = ch
	w.Order = append(w.Order, ch.ID)
}

// person finds a member by display or user name, or lets one join the staff.
func (w *world) person(name string, now time.Time) *User {
	for _, u := range w.Users {
		if !u.Bot && (strings.EqualFold(u.Name, name) || strings.EqualFold(u.Username, name)) {
			return u
		}
	}
	return w.addUser(User{ID: w.newID(now), Username: usernameOf(name), Name: name}, now, staffRoleID)
}

func usernameOf(name string) string {
	keep := func(r rune) rune {
		if r == '_' || r == '.' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}
	return strings.Map(keep, strings.ToLower(name))
}

func (w *world) bot() User { return *w.Users[w.App.ID] }

func (w *world) role(id string) *Role {
	for _, r := range w.Guild.Roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func (w *world) home() *channel { return w.Channels[w.Home] }

// live returns a message that exists in that channel and was not deleted.
func (w *world) live(channelID, id string) *Message {
	if m := w.Messages[id]; m != nil && !m.Deleted && m.ChannelID == channelID {
		return m
	}
	return nil
}

// raw makes JSON of what always encodes.
func raw(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		panic("discord simulator: encode: " + err.Error())
	}
	return data
}
