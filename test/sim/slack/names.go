package slack

import (
	"fmt"
	"strings"
	"unicode"
)

// user finds a person by name, or lets one join the workspace and its channels.
func (w *world) user(name string) *User {
	if u := w.named(name); u != nil && !u.IsBot {
		return u
	}
	short := handle(name)
	return w.addUser(&User{ID: w.userID(name), Name: short, RealName: name, Email: short + "@bellhop.example"})
}

// named finds a member by display name or user name.
func (w *world) named(name string) *User {
	for _, id := range w.UserOrder {
		if u := w.Users[id]; strings.EqualFold(u.RealName, name) || strings.EqualFold(u.Name, name) {
			return u
		}
	}
	return nil
}

// userID makes an id from a name, so that logs are easy to read.
func (w *world) userID(name string) string {
	id := "U0" + strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, name)
	base := id
	for n := 2; w.Users[id] != nil || id == "U0"; n++ {
		id = fmt.Sprint(base, n)
	}
	return id
}

// handle is the user name of a display name.
func handle(name string) string {
	out := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '.' || r == '-' {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	if out == "" {
		return "member"
	}
	return out
}
