package telegram

import "github.com/bellhop-chat/bellhop/internal/label"

// TopicName makes s a topic's name: one line of at most MaxTopicName code points, without the characters by which a name
// could turn around or hide what stands beside it. It is empty when nothing else is left.
func TopicName(s string) string { return label.Line(s, MaxTopicName) }
