package discord

import (
	"regexp"
	"slices"
	"strings"
)

// allowedMentions is what a text may ping.
type allowedMentions struct {
	users, roles, everyone bool // parse
	userIDs, roleIDs       []string
	replied                bool
}

// readAllowedMentions returns nil if the field is missing.
func readAllowedMentions(f *form) *allowedMentions {
	sub := f.object("allowed_mentions")
	if sub == nil {
		return nil
	}
	var a allowedMentions
	parse, given := sub.list("parse", 3)
	for _, item := range parse {
		switch strings.Trim(string(item), `"`) {
		case "users":
			a.users = true
		case "roles":
			a.roles = true
		case "everyone":
			a.everyone = true
		default:
			sub.fail("parse", "BASE_TYPE_CHOICES", "Value must be one of ('users', 'everyone', 'roles').")
		}
	}
	var hasUsers, hasRoles bool
	a.userIDs, hasUsers = sub.ids("users", 100)
	a.roleIDs, hasRoles = sub.ids("roles", 100)
	a.replied, _ = sub.flag("replied_user")
	if a.users && len(a.userIDs) > 0 || a.roles && len(a.roleIDs) > 0 {
		sub.fail("", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", `parse:["users"] and users: [ids...] are mutually exclusive.`)
	}
	if !given && !hasUsers && !hasRoles { // {} and null parse like no field at all
		replied := a.replied
		a = everything()
		a.replied = replied
	}
	return &a
}

// everything is what a bot's message may ping when it does not say.
func everything() allowedMentions {
	return allowedMentions{users: true, roles: true, everyone: true, replied: true}
}

// onlyUsers is the default of webhooks and answers to interactions.
func onlyUsers() allowedMentions { return allowedMentions{users: true, replied: true} }

var mentionToken = regexp.MustCompile(`<@!?([0-9]{17,20})>|<@&([0-9]{17,20})>|@(everyone|here)`)

// mentions resolves a text and returns whom it pings, by name. may are the author's permissions.
func (w *world) mentions(text string, a allowedMentions, may uint64) (m Mentions, pinged []string) {
	for _, match := range mentionToken.FindAllStringSubmatch(text, -1) {
		user, role, all := w.Users[match[1]], w.role(match[2]), match[3]
		switch {
		case user != nil:
			m.Users = appendNew(m.Users, user.ID)
			if a.users || slices.Contains(a.userIDs, user.ID) {
				pinged = appendNew(pinged, user.Username)
			}
		case role != nil:
			if (a.roles || slices.Contains(a.roleIDs, role.ID)) && (role.Mentionable || may&permMentionEveryone != 0) {
				m.Roles = appendNew(m.Roles, role.ID)
				pinged = appendNew(pinged, "@"+role.Name)
			}
		case all != "" && a.everyone && may&permMentionEveryone != 0:
			m.Everyone = true
			pinged = appendNew(pinged, "@"+all)
		}
	}
	return m, pinged
}

func appendNew(list []string, item string) []string {
	if slices.Contains(list, item) {
		return list
	}
	return append(slices.Clip(list), item)
}
