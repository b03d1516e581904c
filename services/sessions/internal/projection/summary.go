package projection

import (
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// summarize takes a new message into what lists and statistics want to know. What was written counts even after it was deleted:
// it was asked, and answered.
func (s *session) summarize(m *bellhopv1.Message) {
	sum := s.record.Summary
	if sum == nil {
		sum = &sessionsv1.Summary{}
		s.record.Summary = sum
	}
	sum.Messages++
	sum.LastSender = m.GetSender()
	if at := m.GetTimestamp(); sum.LastMessageAt == nil || at.AsTime().After(sum.LastMessageAt.AsTime()) {
		sum.LastMessageAt = copyOf(at)
	}
	if at := m.GetTimestamp(); sum.FirstMessageAt == nil || at.AsTime().Before(sum.FirstMessageAt.AsTime()) {
		sum.FirstMessageAt = copyOf(at)
	}
	switch m.GetSender() {
	case senderVisitor:
		if sum.FirstAskedAt == nil {
			sum.FirstAskedAt = copyOf(m.GetTimestamp())
		}
	case "operator", "ai":
		sum.Answered = true
		asked := sum.FirstAskedAt
		if sum.FirstAnsweredAt == nil && asked != nil && !m.GetTimestamp().AsTime().Before(asked.AsTime()) {
			sum.FirstAnsweredAt = copyOf(m.GetTimestamp())
		}
	}
}
