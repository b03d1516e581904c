package discord

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Weight says what happens without a right.
type Weight int

const (
	// Vital: no conversation can be shown without it.
	Vital Weight = iota
	// Wanted: something that people expect does not work.
	Wanted
	// Optional: hardly anything is missing.
	Optional
)

// Need is a right and what it is for, with the name that Discord's settings show.
type Need struct {
	Right  Permissions
	Name   string
	Why    string
	Weight Weight
}

// Needs are the rights that the bot needs in a channel of a type.
func Needs(t ChannelType) []Need {
	needs := []Need{
		{ViewChannel, "View Channel", "to see the channel", Vital},
		{SendMessages, "Send Messages", "to open a conversation", Vital},
		{SendMessagesInThreads, "Send Messages in Threads", "to show what visitors write", Vital},
		{ReadMessageHistory, "Read Message History", "to reply to a message, to react, and to catch up after a pause", Wanted},
		{EmbedLinks, "Embed Links", "for the visitor's card and everything in a frame", Wanted},
		{AttachFiles, "Attach Files", "to show visitors' files", Wanted},
		{ManageThreads, "Manage Threads", "to close a conversation's thread and to open it again", Wanted},
		{AddReactions, "Add Reactions", "to confirm by a reaction", Wanted},
		{ManageMessages, "Manage Messages", "to tidy up; nothing is missing without it", Optional},
	}
	if !t.IsForum() {
		needs = append(needs, Need{CreatePublicThreads, "Create Public Threads", "to open a conversation's thread", Vital})
	}
	return needs
}

// Missing are the needs of a channel that have does not fulfil, the weightiest first.
func Missing(t ChannelType, have Permissions) []Need {
	missing := slices.DeleteFunc(Needs(t), func(need Need) bool { return have.Has(need.Right) })
	slices.SortStableFunc(missing, func(a, b Need) int { return cmp.Compare(a.Weight, b.Weight) })
	return missing
}

// Excessive are rights that the bot has and should not have.
func Excessive(have Permissions) []Need {
	var found []Need
	for _, need := range []Need{
		{Administrator, "Administrator", "a bot's token should not open the whole server", Wanted},
		{MentionEveryone, "Mention Everyone", "no message of Bellhop's mentions anybody", Wanted},
	} {
		if have.Has(need.Right) {
			found = append(found, need)
		}
	}
	if len(found) > 1 {
		return found[:1] // who is an administrator has every other right too
	}
	return found
}

// InviteURL is where somebody who manages a server adds the bot to it, with the rights it needs.
func InviteURL(application string) string {
	var sum Permissions
	for _, need := range append(Needs(ChannelForum), Needs(ChannelText)...) {
		sum |= need.Right
	}
	return "https://discord.com/oauth2/authorize?" + url.Values{
		"client_id": {application}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatUint(uint64(sum), 10)},
	}.Encode()
}

// GetOwnPermissions asks what the bot may do in a channel; for a thread that is what it may do in its parent.
func (c *Client) GetOwnPermissions(ctx context.Context, channel Channel) (Permissions, error) {
	if channel.Type.IsThread() {
		parent, err := c.GetChannel(ctx, channel.ParentID)
		if err != nil {
			return 0, err
		}
		channel = parent
	}
	me, err := c.GetMe(ctx)
	if err != nil {
		return 0, err
	}
	s := Standing{Channel: channel}
	if s.Guild, err = c.GetGuild(ctx, channel.GuildID); err != nil {
		return 0, err
	}
	if s.Roles, err = c.GetRoles(ctx, channel.GuildID); err != nil {
		return 0, err
	}
	if s.Member, err = c.GetMember(ctx, channel.GuildID, me.ID); err != nil {
		return 0, err
	}
	s.Member.User = &me
	s.TimedOut = s.Member.TimedOutUntil.After(time.Now())
	return s.Permissions(), nil
}
