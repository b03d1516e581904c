package telegram

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"time"
)

// world is everything a snapshot holds. Server.mu guards it.
type world struct {
	Token, OldToken string
	Revoked         bool
	Bot             User
	Home            int64 // the chat that helpers mean when none is named
	Users           map[int64]*User
	Chats           map[int64]*group
	NextUser        int64
	NextFile        int64
	NextCallback    int64
	NextUpdate      int64
	Hook            hookState
	Allowed         []string // nil: the default set
	Pending         []*pendingUpdate
	Files           map[string]*storedFile
	Paths           map[string]*filePath
	Callbacks       []*Callback
	Commands        map[string]json.RawMessage
}

// group is one chat with its topics and messages.
type group struct {
	Chat
	NextMessage int64
	Topics      map[int64]*thread
	Order       []int64 // topic ids, oldest first
	General     []int64 // message ids of the General topic
	Messages    map[int64]*Message
}

type thread struct {
	Topic
	MessageIDs []int64
	TypingEnds time.Time
}

// firstMessage is the first id that is given out: 1 belongs to the General topic, which no bot may address.
const firstMessage = 2

// Rights that SetRight knows: the administrator rights of the Bot API, then what members may send.
var allRights = []string{
	"can_manage_chat", "can_manage_topics", "can_delete_messages", "can_pin_messages", "can_invite_users",
	"can_restrict_members", "can_promote_members", "can_change_info",
	"can_send_messages", "can_send_photos", "can_send_documents", "can_react",
}

func newWorld(o Options, rng *rand.Rand) (*world, error) {
	id, _, ok := strings.Cut(o.Token, ":")
	botID, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || botID <= 0 {
		return nil, fmt.Errorf("parse bot token: want <bot id>:<secret>")
	}
	w := &world{
		Token: o.Token,
		Bot:   User{ID: botID, IsBot: true, FirstName: o.BotName, Username: o.BotUsername},
		Home:  o.ChatID,
		Users: map[int64]*User{}, Chats: map[int64]*group{}, Files: map[string]*storedFile{},
		Paths: map[string]*filePath{}, Commands: map[string]json.RawMessage{},
		NextUser: 555, NextFile: 1, NextCallback: 48_213_377,
		NextUpdate: 700_000 + rng.Int63n(90_000_000),
	}
	bot := w.Bot
	w.Users[botID] = &bot
	w.Chats[o.ChatID] = newGroup(o, o.ChatID, o.ChatTitle)
	for i, chat := range o.MoreChats {
		w.Chats[chat] = newGroup(o, chat, fmt.Sprintf("%s %d", o.ChatTitle, i+2))
	}
	for _, name := range o.Operators {
		w.user(name)
	}
	return w, nil
}

func newGroup(o Options, id int64, title string) *group {
	g := &group{
		Chat: Chat{
			ID: id, Type: "supergroup", Title: title, Forum: true,
			BotStatus: "administrator", Rights: map[string]bool{},
		},
		NextMessage: firstMessage, Topics: map[int64]*thread{}, Messages: map[int64]*Message{},
	}
	if o.BasicGroup {
		g.Type, g.Forum = "group", false
	}
	for _, right := range allRights {
		g.Rights[right] = true
	}
	return g
}

// user finds a member by first or user name, or adds one.
func (w *world) user(name string) *User {
	for _, u := range w.Users {
		if !u.IsBot && (strings.EqualFold(u.FirstName, name) || strings.EqualFold(u.Username, name)) {
			return u
		}
	}
	u := &User{ID: w.NextUser, FirstName: name, Username: usernameOf(name)}
	w.NextUser++
	w.Users[u.ID] = u
	return u
}

func usernameOf(name string) string {
	keep := func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}
	return strings.Map(keep, strings.ToLower(name))
}

func (w *world) userByUsername(username string) *User {
	for _, u := range w.Users {
		if username != "" && strings.EqualFold(u.Username, username) {
			return u
		}
	}
	return nil
}

// place appends a message to its topic and gives it its id.
func (g *group) place(m *Message) *Message {
	if m.ID == 0 {
		m.ID = g.NextMessage
		g.NextMessage++
	}
	m.ChatID = g.ID
	g.Messages[m.ID] = m
	if t := g.Topics[m.TopicID]; t != nil {
		t.MessageIDs = append(t.MessageIDs, m.ID)
		if m.From.IsBot {
			t.Typing = ""
		}
		return m
	}
	g.General = append(g.General, m.ID)
	return m
}

// live returns a message that exists and was not deleted.
func (g *group) live(id int64) *Message {
	if m := g.Messages[id]; m != nil && !m.Deleted {
		return m
	}
	return nil
}

// root is the service message that created the topic.
func (g *group) root(topicID int64) *Message {
	if topicID == 0 {
		return nil
	}
	return g.Messages[topicID]
}
