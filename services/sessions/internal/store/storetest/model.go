package storetest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// model is what a store must be like, in a few maps.
type model struct {
	floors    map[id.Part]uint64
	sessions  map[store.Key]*sessionsv1.SessionRecord
	messages  map[store.Key]map[string]*sessionsv1.MessageRecord
	threads   map[store.Place]store.Key
	copies    map[store.Place]modelCopy
	operators map[id.Project]map[string]*sessionsv1.Operator
}

// modelCopy is a copy and the created_seq of the newest message whose record names it.
type modelCopy struct {
	Target
	newest uint64
}

func newModel() *model {
	return &model{
		floors: map[id.Part]uint64{}, sessions: map[store.Key]*sessionsv1.SessionRecord{},
		messages: map[store.Key]map[string]*sessionsv1.MessageRecord{}, threads: map[store.Place]store.Key{},
		copies: map[store.Place]modelCopy{}, operators: map[id.Project]map[string]*sessionsv1.Operator{},
	}
}

func (m *model) commit(change store.Change) error {
	if m.floors[change.Part] != change.From {
		return store.ErrConflict
	}
	for _, c := range change.Sessions {
		if m.sessions[c.Key].GetSeq() != c.Before {
			return store.ErrConflict
		}
	}
	m.floors[change.Part] = change.Through
	for _, c := range change.Sessions {
		m.put(c)
	}
	for _, c := range change.Operators {
		if m.operators[c.Project] == nil {
			m.operators[c.Project] = map[string]*sessionsv1.Operator{}
		}
		if c.Operator.Seq >= m.operators[c.Project][c.Operator.Id].GetSeq() {
			m.operators[c.Project][c.Operator.Id] = c.Operator
		}
	}
	return nil
}

func (m *model) put(c store.SessionChange) {
	m.sessions[c.Key] = c.Record
	for platform, p := range c.Record.Platforms {
		if p.Thread != "" {
			m.threads[store.Place{Project: c.Key.Project, Platform: platform, Chat: p.Chat, Name: p.Thread}] = c.Key
		}
	}
	if m.messages[c.Key] == nil {
		m.messages[c.Key] = map[string]*sessionsv1.MessageRecord{}
	}
	for _, r := range c.Messages {
		m.messages[c.Key][r.Message.Id] = r
		for platform, shown := range r.Copies {
			for _, name := range shown.At.Ids {
				place := store.Place{Project: c.Key.Project, Platform: platform, Chat: shown.At.Chat, Name: name}
				if have, known := m.copies[place]; !known || r.CreatedSeq >= have.newest {
					last := append([]string{r.Message.Id}, shown.Joined...)
					m.copies[place] = modelCopy{Target{c.Key, last[len(last)-1]}, r.CreatedSeq}
				}
			}
		}
	}
}

func (m *model) find(k store.Key, q store.Query) ([]*sessionsv1.MessageRecord, bool) {
	after, known := m.messages[k][q.AfterID]
	var found []*sessionsv1.MessageRecord
	for _, r := range m.messages[k] {
		if len(q.IDs) > 0 && !slices.Contains(q.IDs, r.Message.Id) ||
			known && r.CreatedSeq <= after.CreatedSeq ||
			q.ChangedAfter != nil && r.ChangedSeq <= *q.ChangedAfter ||
			q.ContentAfter != nil && r.ContentSeq <= *q.ContentAfter ||
			!q.ChangedSince.IsZero() && r.ChangedAt.AsTime().Before(q.ChangedSince) {
			continue
		}
		found = append(found, r)
	}
	slices.SortFunc(found, func(a, b *sessionsv1.MessageRecord) int {
		if q.ContentAfter != nil {
			return cmp.Compare(a.ContentSeq, b.ContentSeq)
		}
		return cmp.Compare(a.CreatedSeq, b.CreatedSeq)
	})
	more := len(found) > q.Limit
	for len(found) > q.Limit {
		if known || q.ContentAfter != nil {
			found = found[:len(found)-1]
		} else {
			found = found[1:]
		}
	}
	return found, more
}

func (m *model) list(project id.Project, status string) []*sessionsv1.SessionRecord {
	var all []*sessionsv1.SessionRecord
	for k, r := range m.sessions {
		if k.Project == project && (status == "" || r.Session.Status == status) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *sessionsv1.SessionRecord) int {
		return cmp.Or(b.Session.LastActivity.AsTime().Compare(a.Session.LastActivity.AsTime()), cmp.Compare(b.Session.Id, a.Session.Id))
	})
	return all
}

func (m *model) presence(project id.Project) []*sessionsv1.Operator {
	return slices.SortedFunc(maps.Values(m.operators[project]), func(a, b *sessionsv1.Operator) int { return cmp.Compare(a.Id, b.Id) })
}
