package channels

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// How names of channels begin, which says what they are.
const (
	privatePrefix   = "private-"
	presencePrefix  = "presence-"
	encryptedPrefix = "private-encrypted-"
	userPrefix      = "#server-to-user-"
)

// What a request may have.
const (
	// MaxChannels is to how many channels one event goes.
	MaxChannels = 100
	// MaxBatch is how many events a batch has.
	MaxBatch = 10

	// maxName is what Pusher's libraries let pass, in characters. A server may allow less: Pusher has 164 for channels.
	maxName   = 200
	maxUserID = 128
)

// checkChannel takes any name that can be subscribed to, and that of a user's own channel.
func checkChannel(name string) error {
	if !plain(strings.TrimPrefix(name, userPrefix)) || len(name) > maxName {
		return fmt.Errorf("channels: %w: %s", ErrChannelName, quoted(name))
	}
	return nil
}

// checkAsked takes names of channels that the API can be asked about: all but users' own.
func checkAsked(name string) error {
	if !plain(name) || len(name) > maxName {
		return fmt.Errorf("channels: %w: %s", ErrChannelName, quoted(name))
	}
	return nil
}

// checkKind takes names that begin with one of some prefixes.
func checkKind(name string, kinds ...string) error {
	if err := checkAsked(name); err != nil {
		return err
	}
	for _, kind := range kinds {
		if strings.HasPrefix(name, kind) {
			return nil
		}
	}
	return fmt.Errorf("channels: %w: %s does not begin with %s", ErrChannelName, quoted(name), strings.Join(kinds, " or "))
}

func checkEvent(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("channels: %w: %s", ErrEventName, quoted(name))
	}
	return nil
}

// checkSocket takes \d+\.\d+ and nothing around it.
func checkSocket(id string) error {
	a, b, dotted := strings.Cut(id, ".")
	if !dotted || !digits(a) || !digits(b) {
		return fmt.Errorf("channels: %w: %s", ErrSocketID, quoted(id))
	}
	return nil
}

// checkUser takes ids of presence members, which may have any character.
func checkUser(id string) error {
	if n := utf8.RuneCountInString(id); n < 1 || n > maxUserID || !utf8.ValidString(id) {
		return fmt.Errorf("channels: %w: %s", ErrUserID, quoted(id))
	}
	return nil
}

// checkSignedIn takes ids of users that sign in, which have a channel.
func checkSignedIn(id string) error {
	if !plain(id) || len(id) > maxUserID {
		return fmt.Errorf("channels: %w: %s", ErrUserID, quoted(id))
	}
	return nil
}

// quoted is for errors: a name that is refused may be long.
func quoted(name string) string {
	const most = 220
	if len(name) > most {
		return fmt.Sprintf("%q…", name[:most])
	}
	return fmt.Sprintf("%q", name)
}

// plain tells whether a text has nothing but the characters that channels' names have, and at least one.
func plain(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return !named(r) }) < 0
}

func named(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-=@,.;", r)
}

func digits(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
