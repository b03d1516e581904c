package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

// Platforms say things twice, and again when they do not hear that it was heard.
func TestWhatAPlatformSaysAgainIsHeardOnce(t *testing.T) {
	t.Parallel()
	for name, mishap := range map[string]team.Mishap{
		"twice more":                 {Times: 1, Copies: 2},
		"because an answer was lost": {Times: 1, AckLost: true},
	} {
		for _, platform := range everyPlatform {
			if mishap.AckLost && platform != team.Telegram {
				continue // Slack comes again after a minute, Discord does not ask for an answer
			}
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				s := own(t, setup{})
				vera := s.arrives(t)
				vera.Says("hi")
				room := s.at(t, platform).Room(vera)
				room.Shows("hi")
				again := room.Garble(mishap)
				said := room.Says("once")
				vera.Hears("once")
				room.Waits("the mishap", func() bool { return again.Hits() == 1 })
				said.Becomes("once, corrected")
				vera.SeesEdited(vera.Page().Messages()[1].ID, "once, corrected")
				room.Says("next")
				vera.Hears("next")
				vera.Shows("hi", "once, corrected", "next")
				if history := vera.Remembers(); len(history) != 3 {
					t.Errorf("the history has %d messages: %v", len(history), history)
				}
				for _, other := range s.others(t, room.Desk) {
					there := other.Room(vera)
					there.Shows("next")
					if n := there.Count("once"); n != 1 {
						t.Errorf("%s shows it %d times", there.Label(), n)
					}
				}
				if doubles := vera.Page().Counts().Doubles; doubles > 0 {
					t.Errorf("%d copies reached the page under another id", doubles)
				}
			})
		}
	}
}

// A command that comes again is answered once.
func TestCommandThatComesAgainIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}})
	vera := s.arrives(t)
	vera.Says("hi")
	room := s.at(t, team.Telegram).Room(vera)
	room.Shows("hi")
	room.Garble(team.Mishap{Times: 1, Copies: 2})
	room.Says("!colse")
	room.Tells("There is no command")
	room.Says("next")
	vera.Hears("next")
	if n := room.Count("There is no command"); n != 1 {
		t.Errorf("a command that came three times was answered %d times", n)
	}
}
