package discord

import (
	"encoding/base64"
	"strings"
	"time"
)

// Names and ids of the roles that exist at first.
const (
	botRoleID   = "1440000000000001201"
	staffRoleID = "1440000000000001202"
	firstTagID  = 1440000000000001301
	ownerID     = "1440000000000001000"
)

func newWorld(o Options) *world {
	now := o.Clock.Now()
	w := &world{
		Token: o.Token, App: application{ID: appIDOf(o.Token)}, Home: o.ChannelID,
		Users: map[string]*User{}, Members: map[string]*member{}, Channels: map[string]*channel{},
		Messages: map[string]*Message{}, Webhooks: map[string]*webhook{}, Files: map[string]*storedFile{},
		Nonces: map[string]nonced{},
	}
	w.Guild = guild{ID: o.GuildID, Name: o.GuildName, OwnerID: ownerID, Roles: []*Role{
		{ID: o.GuildID, Name: "@everyone", Permissions: permReadHistory},
		{ID: botRoleID, Name: o.BotName, Permissions: botPermissions, Managed: true},
		{ID: staffRoleID, Name: "support", Permissions: staffPermissions},
	}}
	w.addUser(User{ID: w.App.ID, Username: usernameOf(o.BotName), Name: o.BotName, Bot: true}, now, botRoleID)
	w.addUser(User{ID: ownerID, Username: "owner", Name: "Owner"}, now, staffRoleID)
	for _, name := range o.Operators {
		w.person(name, now)
	}
	w.addChannel(homeChannel(o, now))
	return w
}

// homeChannel is private: everyone is denied to see it, the bot and the staff are allowed to.
func homeChannel(o Options, now time.Time) *channel {
	ch := &channel{
		ID: o.ChannelID, Type: typeForum, Name: o.ChannelName, Created: now, RequireTag: o.RequireTag,
		Overwrites: []Overwrite{
			{ID: o.GuildID, Deny: permViewChannel},
			{ID: botRoleID, Allow: permViewChannel},
			{ID: staffRoleID, Allow: permViewChannel},
		},
	}
	if o.TextChannel {
		ch.Type, ch.RequireTag = typeText, false
		return ch
	}
	for i, name := range o.Tags {
		ch.Tags = append(ch.Tags, Tag{ID: itoa(firstTagID + i), Name: name})
	}
	return ch
}

// appIDOf reads the application's id out of a token.
func appIDOf(token string) string {
	first, _, _ := strings.Cut(token, ".")
	id, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(first, "="))
	if err != nil || !isID(string(id)) {
		return DefaultApplicationID
	}
	return string(id)
}
