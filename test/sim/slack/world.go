package slack

import (
	"math/rand"
	"slices"
	"time"
)

// world is everything a snapshot holds. Server.mu guards it.
type world struct {
	Token, AppToken, Secret string
	Gone                    string // the error that every call gets: token_revoked, account_inactive, …; "" none
	TeamName                string
	Scopes, AppScopes       map[string]bool
	Events                  map[string]bool // subscriptions
	Home                    string          // id of the channel that helpers mean
	Users                   map[string]*User
	UserOrder               []string
	Channels                map[string]*channel
	Files                   map[string]*storedFile
	Hooks                   Hooks
	SocketOff               bool // Socket Mode was switched off
	SocketSeen              bool // somebody opened a connection once
	EventsOff               bool // Slack disabled the subscription because too few deliveries succeeded
	Triggers                map[string]*trigger
	ResponseURLs            map[string]*responseURL
	Interactions            []*Interaction
	Views                   []*View
	HookSecret              string // of the incoming webhook
}

// Hooks are the app's request URLs; "" none. With an events URL nothing goes over Socket Mode.
type Hooks struct {
	Events        string `json:"events,omitempty"`
	Interactivity string `json:"interactivity,omitempty"`
	Commands      string `json:"commands,omitempty"`
}

// channel is one channel with its messages.
type channel struct {
	Channel
	LastTS   int64    // microseconds
	Timeline []string // ts of what stands in the channel itself: roots, broadcasts, service and ephemeral messages
	Messages map[string]*Message
	Threads  map[string]*thread // by the root's ts
	Members  []string           // user ids, the bot included
}

// thread is what belongs to a root beside its message.
type thread struct {
	Replies    []string
	Locked     bool
	Status     string
	StatusEnds time.Time

	counted *digest // nil: to be counted anew
}

// digest is what a root tells of its replies.
type digest struct {
	count  int
	latest string   // ts
	users  []string // the first five who replied
}

func newWorld(o Options, rng *rand.Rand) *world {
	w := &world{
		Token: o.Token, AppToken: o.AppToken, Secret: o.SigningSecret, TeamName: o.TeamName, Home: o.ChannelID,
		Scopes: set(o.Scopes), AppScopes: set([]string{"connections:write"}), Events: set(o.Events),
		Users: map[string]*User{}, Channels: map[string]*channel{}, Files: map[string]*storedFile{},
		Triggers: map[string]*trigger{}, ResponseURLs: map[string]*responseURL{},
		HookSecret: random(rng, alphabet, 24),
	}
	w.addUser(&User{ID: BotUserID, Name: handle(o.BotName), RealName: o.BotName, IsBot: true})
	w.addChannel(o.ChannelID, o.ChannelName, o.Private)
	for _, name := range o.Operators {
		w.user(name)
	}
	return w
}

func set(names []string) map[string]bool {
	out := map[string]bool{}
	for _, name := range names {
		out[name] = true
	}
	return out
}

func (w *world) addChannel(id, name string, private bool) *channel {
	ch := &channel{
		Channel:  Channel{ID: id, Name: name, Private: private, BotMember: true},
		Messages: map[string]*Message{}, Threads: map[string]*thread{},
	}
	ch.Members = append(ch.Members, w.UserOrder...)
	w.Channels[id] = ch
	return ch
}

func (w *world) addUser(u *User) *User {
	w.Users[u.ID] = u
	w.UserOrder = append(w.UserOrder, u.ID)
	for _, ch := range w.Channels {
		ch.Members = append(ch.Members, u.ID)
	}
	return u
}

// live returns a message that exists, was not deleted and is not for one person only.
func (ch *channel) live(ts string) *Message {
	if m := ch.Messages[ts]; m != nil && !m.Deleted && m.Ephemeral == "" {
		return m
	}
	return nil
}

// thread returns the state of a root's thread, making it if need be.
func (ch *channel) thread(root string) *thread {
	t := ch.Threads[root]
	if t == nil {
		t = &thread{}
		ch.Threads[root] = t
	}
	return t
}

// digest tells of a root's replies. It is kept, because every reply asks for it twice.
func (ch *channel) digest(root string) digest {
	t := ch.Threads[root]
	if t == nil {
		return digest{}
	}
	if t.counted == nil {
		t.counted = &digest{}
		for _, m := range ch.replies(root) {
			t.counted.add(m)
		}
	}
	return *t.counted
}

func (d *digest) add(m *Message) {
	d.count++
	d.latest = m.TS
	if len(d.users) < 5 && !slices.Contains(d.users, m.From.ID) {
		d.users = append(slices.Clip(d.users), m.From.ID)
	}
}

// replies are the live replies of a root.
func (ch *channel) replies(root string) []*Message {
	t := ch.Threads[root]
	if t == nil {
		return nil
	}
	out := make([]*Message, 0, len(t.Replies))
	for _, ts := range t.Replies {
		if m := ch.live(ts); m != nil {
			out = append(out, m)
		}
	}
	return out
}

// place gives a message its ts and its place.
func (ch *channel) place(m *Message) *Message {
	if m.TS == "" {
		m.TS = ch.nextTS(m.Date)
	}
	m.ChannelID = ch.ID
	ch.Messages[m.TS] = m
	if m.ThreadTS != "" {
		t := ch.thread(m.ThreadTS)
		t.Replies = append(t.Replies, m.TS)
		if t.counted != nil && m.Ephemeral == "" {
			t.counted.add(m)
		}
		if m.FromBot() {
			t.Status = "" // cleared by the app's next message
		}
	}
	if m.ThreadTS == "" || m.Broadcast {
		ch.Timeline = append(ch.Timeline, m.TS)
	}
	return m
}
