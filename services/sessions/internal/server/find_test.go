package server

import (
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestThreadIsFoundAsSoonAsItIsPublished(t *testing.T) {
	s := newSite(t)
	s.starts()
	for _, thread := range []string{"1", "2", "3", "4", "5"} {
		s.opens("telegram", thread)
		got := must(s.FindByThread(t.Context(), &sessionsv1.FindByThreadRequest{Project: shop, Platform: "telegram", Chat: "c", Thread: thread}))(t)
		if got.Record.Session.Id != guest {
			t.Errorf("thread %s is of %v", thread, got.Record)
		}
	}
	got := must(s.FindByThread(t.Context(), &sessionsv1.FindByThreadRequest{Project: shop, Platform: "telegram", Chat: "c", Thread: "1"}))(t)
	if got.Record.Session.Id != guest {
		t.Errorf("the replaced thread is of %v", got.Record)
	}
}

func TestThreadOfNobodyIsNotFound(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.opens("telegram", "1")
	for _, req := range []*sessionsv1.FindByThreadRequest{
		{Project: shop, Platform: "telegram", Chat: "c", Thread: "2"},
		{Project: shop, Platform: "telegram", Chat: "d", Thread: "1"},
		{Project: shop, Platform: "slack", Chat: "c", Thread: "1"},
		{Project: "other", Platform: "telegram", Chat: "c", Thread: "1"},
	} {
		_, err := s.FindByThread(t.Context(), req)
		wantCode(t, codes.NotFound, err)
	}
}

func TestUnreadIsWhatTheVisitorWroteAndNobodyReadOrDeleted(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.opens("telegram", "1")
	for _, messageID := range []string{"read", "deleted", "a", "b"} {
		s.says("visitor", messageID)
	}
	s.says("operator", "answer")
	s.publish(bus.MessageRead, &eventv1.MessageRead{Reader: "operator", Status: "read", MessageIds: []string{"read"}})
	s.publish(bus.MessageDeleted, &eventv1.MessageDeleted{MessageId: "deleted", Sender: "visitor"})
	s.publish(bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", MessageIds: []string{"b"}})
	got := must(s.FindByThread(t.Context(), &sessionsv1.FindByThreadRequest{Project: shop, Platform: "telegram", Chat: "c", Thread: "1"}))(t)
	if !slices.Equal(got.Unread, []string{"a", "b"}) {
		t.Errorf("unread are %v", got.Unread)
	}
}

func TestMessageIsFoundByItsCopiesAndItsOrigin(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.says("operator", "answer", on("slack", "C1", "17.5"))
	find := func(platform, chat, platformID string) (*sessionsv1.FindByCopyResponse, error) {
		return s.FindByCopy(t.Context(), &sessionsv1.FindByCopyRequest{Project: shop, Platform: platform, Chat: chat, Id: platformID})
	}
	if got := must(find("slack", "C1", "17.5"))(t); got.Message.Message.Id != "answer" || got.Record.Session.Id != guest {
		t.Errorf("origin is of %v", got)
	}
	seq := s.says("visitor", "long")
	s.publish(bus.MessageDeliver, &eventv1.MessageDelivered{Platform: "telegram", Copies: []*eventv1.Copy{{
		MessageId: "long", Version: seq, At: &bellhopv1.PlatformMessage{Chat: "-100", Ids: []string{"5", "6"}},
	}}})
	for _, part := range []string{"5", "6"} {
		if got := must(find("telegram", "-100", part))(t); got.Message.Message.Id != "long" {
			t.Errorf("part %s is of %v", part, got.Message)
		}
	}
	for _, place := range [][3]string{{"telegram", "-100", "7"}, {"telegram", "C1", "5"}, {"discord", "-100", "5"}} {
		_, err := find(place[0], place[1], place[2])
		wantCode(t, codes.NotFound, err)
	}
}
