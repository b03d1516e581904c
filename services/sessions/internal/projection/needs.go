package projection

import (
	"slices"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Needs lists what Fold must see of the store before it can apply the events.
func Needs(part id.Part, events []bus.Event) store.Want {
	want := store.Want{Part: part, Messages: map[store.Key][]string{}}
	sessions, whole := map[store.Key]bool{}, map[store.Key]bool{}
	for _, ev := range events {
		if ev.Session == id.Everyone {
			continue
		}
		key := keyOf(ev)
		if !sessions[key] {
			sessions[key] = true
			want.Sessions = append(want.Sessions, key)
		}
		if ev.Type == bus.SessionErased && !whole[key] {
			whole[key] = true
			want.Whole = append(want.Whole, key) // what stands on platforms must be known
		}
		if ids := messagesOf(ev); len(ids) > 0 {
			want.Messages[key] = append(want.Messages[key], ids...)
		}
	}
	for key, ids := range want.Messages {
		slices.Sort(ids)
		want.Messages[key] = slices.Compact(ids)
	}
	return want
}

func keyOf(ev bus.Event) store.Key { return store.Key{Project: ev.Project, Session: ev.Session} }

// messagesOf lists the messages that an event may change or must look at.
func messagesOf(ev bus.Event) []string {
	var ids []string
	switch data := ev.Data.(type) {
	case *eventv1.MessageCreated:
		ids = []string{data.GetMessage().GetId(), data.GetMessage().GetReplyTo()}
	case *eventv1.MessageEdited:
		ids = []string{data.GetMessageId()}
	case *eventv1.MessageDeleted:
		ids = []string{data.GetMessageId()}
	case *eventv1.MessageDelivered:
		ids = slices.Clone(data.GetMessageIds())
		for _, c := range data.GetCopies() {
			ids = append(ids, c.GetMessageId())
		}
	case *eventv1.MessageRead:
		ids = slices.Clone(data.GetMessageIds())
	case *eventv1.DeliveryRequested:
		ids = slices.Clone(data.GetMessageIds())
	}
	return slices.DeleteFunc(ids, func(s string) bool { return s == "" })
}
