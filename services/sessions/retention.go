package sessions

import (
	"cmp"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/erase"
)

// RetentionConfig is how long conversations are kept that nobody erases.
type RetentionConfig struct {
	// Project is whose conversations they are; default unless a file names several. Then Projects has an entry for each.
	Project  id.Project        `projects:"name"`
	Projects []RetentionConfig `projects:"each"`

	// Conversations are erased in which nothing has happened for so long; 0 stands for the stream's retention, which is the most there
	// can be: what a project's stream no longer holds, a store that is made anew would not have.
	Conversations time.Duration `env:"CONVERSATION_RETENTION" expect:"a duration such as 30d, at most RETENTION"`
	// Silent is the same for sessions in which nobody has ever written; 0 keeps them as long as conversations.
	Silent time.Duration `env:"SILENT_RETENTION" default:"24h" expect:"a duration such as 24h or 7d"`
}

// Validate refuses what would have everything erased at once.
func (c *RetentionConfig) Validate() error {
	if c.Conversations < 0 {
		return &config.Error{Variable: "CONVERSATION_RETENTION", Found: c.Conversations.String(), Expected: "a duration above 0, such as 30d"}
	}
	if c.Silent < 0 {
		return &config.Error{Variable: "SILENT_RETENTION", Found: c.Silent.String(), Expected: "a duration above 0, such as 24h"}
	}
	return nil
}

// of is the retention of each project, where the stream keeps facts for most.
func (c RetentionConfig) of(most time.Duration) map[id.Project]erase.Retention {
	projects := c.Projects
	if len(projects) == 0 {
		c.Project = cmp.Or(c.Project, id.Default)
		projects = []RetentionConfig{c}
	}
	all := map[id.Project]erase.Retention{}
	for _, p := range projects {
		keeps := most
		if p.Conversations > 0 && (most == 0 || p.Conversations < most) {
			keeps = p.Conversations
		}
		all[p.Project] = erase.Retention{Conversations: keeps, Silent: p.Silent}
	}
	return all
}
