package sessions

import (
	"maps"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/erase"
)

func TestEachProjectKeepsConversationsForItsOwnTimeAndNeverLongerThanTheStream(t *testing.T) {
	const day = 24 * time.Hour
	alone := RetentionConfig{Silent: day}
	several := RetentionConfig{Projects: []RetentionConfig{
		{Project: "short", Conversations: 30 * day, Silent: day}, {Project: "long", Conversations: 900 * day}, {Project: "usual"},
	}}
	for name, c := range map[string]struct {
		config RetentionConfig
		want   map[id.Project]erase.Retention
	}{
		"one project": {alone, map[id.Project]erase.Retention{id.Default: {Conversations: 90 * day, Silent: day}}},
		"several": {several, map[id.Project]erase.Retention{
			"short": {Conversations: 30 * day, Silent: day}, "long": {Conversations: 90 * day}, "usual": {Conversations: 90 * day},
		}},
	} {
		if got := c.config.of(90 * day); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
