package store

import (
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Place is where something stands on a platform: a thread, or one of the platform's messages.
type Place struct {
	Project              id.Project
	Platform, Chat, Name string
}

// CopyEntry is one entry of the copy index.
type CopyEntry struct {
	At      Place
	Session id.Session
	Message string
	// Rank decides between the messages of a joined post: the entry with the highest stays. It is the created_seq of the
	// message whose record names the copy, so the last of them wins in whichever order they are written.
	Rank uint64
}

// Erased tells that the session is no conversation any more.
func (c SessionChange) Erased() bool { return c.Record.GetErasure() != nil }

// Silent tells that it is a conversation in which nobody has written.
func (c SessionChange) Silent() bool { return !c.Erased() && c.Record.GetSummary().GetMessages() == 0 }

// Verified is the id of the identity that a session's visitor is proven to have; empty for one that is merely said to be his.
func Verified(s *bellhopv1.Session) string {
	if !s.GetIdentityVerified() {
		return ""
	}
	return s.GetIdentity().GetFields()["id"].GetStringValue()
}

// Remains lists what the indexes know of an erased session as far as its record tells: its threads and its copies.
func Remains(project id.Project, e *sessionsv1.Erasure) (threads, copies []Place) {
	for platform, part := range e.GetParts() {
		for _, at := range part.GetRemains() {
			if at.GetThread() != "" {
				threads = append(threads, Place{project, platform, at.GetChat(), at.GetThread()})
			}
			for _, name := range at.GetIds() {
				copies = append(copies, Place{project, platform, at.GetChat(), name})
			}
		}
	}
	return threads, copies
}

// Threads lists the entries of the thread index that follow from a session's record.
func (c SessionChange) Threads() []Place {
	var threads []Place
	for platform, state := range c.Record.GetPlatforms() {
		if state.GetThread() != "" {
			threads = append(threads, Place{c.Key.Project, platform, state.GetChat(), state.GetThread()})
		}
	}
	return threads
}

// Copies lists the entries of the copy index that follow from the messages' records.
func (c SessionChange) Copies() []CopyEntry {
	var copies []CopyEntry
	for _, m := range c.Messages {
		for platform, shown := range m.GetCopies() {
			for _, name := range shown.GetAt().GetIds() {
				copies = append(copies, CopyEntry{
					At:      Place{c.Key.Project, platform, shown.GetAt().GetChat(), name},
					Session: c.Key.Session, Message: lastShown(m, shown.GetJoined()), Rank: m.GetCreatedSeq(),
				})
			}
		}
	}
	return copies
}

func lastShown(m *sessionsv1.MessageRecord, joined []string) string {
	if len(joined) > 0 {
		return joined[len(joined)-1]
	}
	return m.GetMessage().GetId()
}
