package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/test/team"
)

// Two notifiers and two inbounds: one of each speaks for a bot, and the other takes over when it stops. Nothing is said twice.
func TestReplicasSpeakWithOneVoiceAndTakeOver(t *testing.T) {
	t.Parallel()
	s := own(t, setup{private: true})
	for name, from := range map[string]string{"notifier 2": "notifier", "inbound 2": "inbound 2"} {
		launch(t, name, s.run[from](runner.Runtime{Log: s.log.logger(), Health: runner.NewHealth()}.For(name)))
	}
	vera := s.arrives(t)
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	want := []string{"hi"}
	speak := func(from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			question := fmt.Sprintf("question %02d.", i)
			vera.Says(question)
			want = append(want, question)
			for name, room := range rooms {
				answer := fmt.Sprintf("answer %02d from %s.", i, name)
				room.Shows(question)
				room.Says(answer)
				vera.Hears(answer)
				want = append(want, answer)
			}
		}
	}
	speak(0, 3)
	s.stop["notifier"]()
	s.stop["inbound"]()
	speak(3, 6)
	if history := vera.Remembers(); len(history) != len(want) {
		t.Errorf("the history has %d messages, want %d", len(history), len(want))
	}
	for name, room := range rooms {
		for i := range 6 {
			if n := room.Count(fmt.Sprintf("question %02d.", i)); n != 1 {
				t.Errorf("%s shows question %d %d times", name, i, n)
			}
		}
		if threads := room.Threads(vera.name); len(threads) != 1 {
			t.Errorf("%d threads in %s", len(threads), name)
		}
	}
}

// Slack promises no order: corrections and deletions may come before what they are about.
func TestSlackKeepsNoOrderAndTheEndIsRight(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Slack, team.Telegram}, disorder: 150 * time.Millisecond})
	vera := s.arrives(t)
	vera.Says("hi")
	room, elsewhere := s.at(t, team.Slack).Room(vera), s.at(t, team.Telegram).Room(vera)
	room.Shows("hi")
	const each = 5
	for i := range each {
		wrong, gone := room.Says(fmt.Sprintf("%d is wronk", i)), room.Says(fmt.Sprintf("%d is not for you", i))
		wrong.Becomes(fmt.Sprintf("%d is right", i))
		gone.IsTakenBack()
		room.Says(fmt.Sprintf("// %d is a note", i)).Becomes(fmt.Sprintf("%d was a note", i))
	}
	settled := func(texts []string) bool {
		right := map[string]bool{}
		for _, text := range texts {
			right[text] = true
		}
		for i := range each {
			if !right[fmt.Sprintf("%d is right", i)] || right[fmt.Sprintf("%d is wronk", i)] || right[fmt.Sprintf("%d is not for you", i)] {
				return false
			}
		}
		return true
	}
	vera.Waits("all of it", func() bool {
		var texts []string
		for _, m := range vera.Page().Messages() {
			texts = append(texts, m.Content)
		}
		return settled(texts)
	})
	desk := s.at(t, team.Slack)
	// What was not taken within three seconds, as on a busy machine, Slack sends again at once and then after a minute.
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	if err := desk.WaitFor(ctx, desk.Told); err != nil {
		t.Fatalf("not everything is told: %v", err)
	}
	elsewhere.Sees("all of it", func([]team.Post) bool {
		for i := range each {
			if elsewhere.Count(fmt.Sprintf("%d is right", i)) != 1 {
				return false
			}
		}
		return true
	})
	for _, words := range []string{"wronk", "not for you", "note"} {
		elsewhere.Hides(words)
	}
	for _, m := range vera.Page().Messages() {
		if m.Content != "" && m.Content != "hi" && m.Content[1:] != " is right" {
			t.Errorf("the page shows %v", m)
		}
	}
}
