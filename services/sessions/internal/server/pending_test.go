package server

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func (s *site) pending(limit int32) []*sessionsv1.Delivery {
	s.t.Helper()
	return must(s.Pending(s.t.Context(), &sessionsv1.PendingRequest{Project: shop, SessionId: guest, Platform: "telegram", Limit: limit}))(s.t).Deliveries
}

// due checks what is pending, written as "KIND message" in order.
func (s *site) due(want ...string) []*sessionsv1.Delivery {
	s.t.Helper()
	deliveries := s.pending(0)
	var got []string
	for _, d := range deliveries {
		what := d.Kind.String()[len("KIND_"):]
		if d.Message != nil {
			what += " " + d.Message.Message.Id
		}
		got = append(got, what)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("pending %q, want %q", got, want)
	}
	return deliveries
}

// delivers does what a notifier does: it says what stands where now, and what is settled with it.
func (s *site) delivers(through uint64, copies ...*eventv1.Copy) {
	s.t.Helper()
	data := &eventv1.MessageDelivered{Platform: "telegram", Copies: copies, Through: through}
	for _, c := range copies {
		data.MessageIds = append(data.MessageIds, c.MessageId)
		if c.At == nil {
			c.At = &bellhopv1.PlatformMessage{Platform: "telegram", Chat: "c", Thread: "1", Ids: []string{"at " + c.MessageId}}
		}
	}
	s.publish(bus.MessageDeliver, data)
}

func (s *site) edits(sender, messageID string) uint64 {
	s.t.Helper()
	return s.publish(bus.MessageEdited, &eventv1.MessageEdited{MessageId: messageID, Sender: sender, Content: "edited " + messageID})
}

func (s *site) deletes(messageID string) uint64 {
	s.t.Helper()
	return s.publish(bus.MessageDeleted, &eventv1.MessageDeleted{MessageId: messageID, Sender: "operator"})
}

func TestMessageIsPendingUntilItIsShownAndAgainWhenItChanges(t *testing.T) {
	s := newSite(t)
	s.starts()
	posted := s.says("visitor", "a")
	s.due("POST a")
	s.delivers(posted, &eventv1.Copy{MessageId: "a", Version: posted})
	s.due()
	changed := s.edits("visitor", "a")
	s.due("EDIT a")
	s.delivers(changed, &eventv1.Copy{MessageId: "a", Version: changed})
	s.due()
	gone := s.deletes("a")
	s.due("DELETE a")
	s.delivers(gone, &eventv1.Copy{MessageId: "a", Version: gone, Deleted: true})
	s.due()
}

func TestWhatAPlatformWillNeverTakeDoesNotComeBack(t *testing.T) {
	s := newSite(t)
	s.starts()
	failed := s.says("visitor", "a")
	s.publish(bus.MessageFailed, &eventv1.MessageFailed{Platform: "telegram", MessageIds: []string{"a"}, Through: failed})
	s.due()
	s.edits("visitor", "a")
	s.due()
	s.says("visitor", "b")
	s.due("POST b")
}

func TestEarlyMessageThatWasEditedLateIsNotOvertaken(t *testing.T) {
	s := newSite(t)
	s.starts()
	const burst = 250 // several pages of the store
	for n := range burst {
		s.says("visitor", fmt.Sprintf("m%03d", n))
	}
	s.edits("visitor", "m000")
	got := s.pending(100)
	if len(got) != 100 {
		t.Fatalf("%d deliveries, want 100", len(got))
	}
	for n, d := range got {
		if want := fmt.Sprintf("m%03d", n); d.Message.Message.Id != want || d.Kind != post {
			t.Fatalf("delivery %d is %v %s, want %s", n, d.Kind, d.Message.Message.Id, want)
		}
	}
	if got[0].Message.Message.Content != "edited m000" {
		t.Errorf("first post shows %q", got[0].Message.Message.Content)
	}
}

func TestThreadIsClosedAndOpenedAgainInOrder(t *testing.T) {
	s := newSite(t)
	s.starts()
	first := s.says("visitor", "a")
	closed := s.publish(bus.SessionClosed, &eventv1.Session{By: "Ada"})
	s.due("POST a")
	s.opens("telegram", "1")
	s.due("POST a", "CLOSE")
	s.delivers(first, &eventv1.Copy{MessageId: "a", Version: first})
	s.due("CLOSE")
	s.publish(bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Through: closed, ThreadStatus: "closed"})
	s.due()
	s.says("visitor", "b")
	s.due("REOPEN", "POST b")
	s.publish(bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", ThreadStatus: "active"})
	s.due("POST b")
}

func TestPlatformThatCameLaterGetsNoOldMessages(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.says("visitor", "old", func(data *eventv1.MessageCreated) { data.Message.Timestamp = timestamppb.New(since) })
	s.says("visitor", "new")
	got := must(s.Pending(t.Context(), &sessionsv1.PendingRequest{
		Project: shop, SessionId: guest, Platform: "telegram", Since: timestamppb.New(since.Add(time.Hour)),
	}))(t)
	if len(got.Deliveries) != 1 || got.Deliveries[0].Message.Message.Id != "new" {
		t.Errorf("pending %v", got.Deliveries)
	}
}

func TestOperatorsOwnMessageIsNeitherPostedNorEditedWhereItWasWritten(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.says("operator", "here", on("telegram", "c", "5"))
	s.says("operator", "there", on("slack", "C", "6"))
	s.edits("operator", "here")
	s.due("POST there")
	s.deletes("here")
	s.due("POST there", "DELETE here")
}

func TestReplyNamesTheCopyOfWhatItQuotes(t *testing.T) {
	s := newSite(t)
	s.starts()
	a := s.says("visitor", "a")
	s.says("visitor", "unposted")
	s.says("operator", "own", on("telegram", "c", "9"))
	s.delivers(a, &eventv1.Copy{MessageId: "a", Version: a})
	s.says("visitor", "b", replyTo("a"))
	s.says("visitor", "c", replyTo("own"))
	s.says("visitor", "d", replyTo("unposted"))
	due := s.due("POST unposted", "POST b", "POST c", "POST d")
	if to := due[1].ReplyTo.GetAt().GetIds(); !slices.Equal(to, []string{"at a"}) {
		t.Errorf("b answers %v", to)
	}
	if to := due[2].ReplyTo.GetAt().GetIds(); !slices.Equal(to, []string{"9"}) {
		t.Errorf("c answers %v", to)
	}
	if due[3].ReplyTo != nil {
		t.Errorf("d answers %v", due[3].ReplyTo)
	}
}

func TestEditOfAJoinedPostBringsAllItsMessages(t *testing.T) {
	s := newSite(t)
	s.starts()
	var copies []*eventv1.Copy
	joined := []string{"a", "b", "c"}
	at := &bellhopv1.PlatformMessage{Platform: "telegram", Chat: "c", Ids: []string{"5"}}
	var through uint64
	for _, messageID := range joined {
		through = s.says("visitor", messageID)
		copies = append(copies, &eventv1.Copy{MessageId: messageID, Version: through, At: at, Joined: joined})
	}
	s.delivers(through, copies...)
	s.due()
	s.edits("visitor", "b")
	s.deletes("c")
	for _, d := range s.due("EDIT b", "DELETE c") {
		if !slices.Equal(ids(d.Joined), joined) {
			t.Errorf("%v brings %v", d.Kind, ids(d.Joined))
		}
	}
}

// Who was told of an event is answered with it or not at all, whatever the bus says is the newest.
func TestAnswerIsNotOlderThanWhatWasSeen(t *testing.T) {
	s := newSite(t)
	s.starts()
	last := s.says("visitor", "a")
	pending := func(seen uint64) error {
		_, err := s.Pending(t.Context(), &sessionsv1.PendingRequest{Project: shop, SessionId: guest, Platform: "telegram", Seen: seen})
		return err
	}
	get := func(seen uint64) error {
		_, err := s.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: guest, Seen: seen})
		return err
	}
	for name, ask := range map[string]func(uint64) error{"pending": pending, "get": get} {
		if err := ask(last); err != nil {
			t.Errorf("%s after the newest: %v", name, err)
		}
		wantCode(t, codes.Unavailable, ask(last+1))
	}
}

func TestPendingOfAnUnknownSessionIsNotFound(t *testing.T) {
	s := newSite(t)
	_, err := s.Pending(t.Context(), &sessionsv1.PendingRequest{Project: shop, SessionId: guest, Platform: "telegram"})
	wantCode(t, codes.NotFound, err)
}
