package telegram

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestProbeTakesATopicThroughItsLife(t *testing.T) {
	const whole = "createForumTopic editForumTopic closeForumTopic reopenForumTopic deleteForumTopic"
	for failing, test := range map[string]struct{ calls, says string }{
		"none":             {whole, ""},
		"createForumTopic": {"createForumTopic", "create a topic"},
		"editForumTopic":   {"createForumTopic editForumTopic deleteForumTopic", "rename the topic"},
		"closeForumTopic":  {"createForumTopic editForumTopic closeForumTopic deleteForumTopic", "close the topic"},
		"reopenForumTopic": {whole, "reopen the topic"},
		"deleteForumTopic": {whole, "delete the topic"},
	} {
		var calls []string
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
			calls = append(calls, method)
			answer := `{"ok":true,"result":true}`
			if method == "createForumTopic" {
				answer = `{"ok":true,"result":{"message_thread_id":412}}`
			}
			if method == failing {
				answer = `{"ok":false,"error_code":400,"description":"Bad Request: not enough rights to manage topics"}`
			}
			_, _ = io.WriteString(w, answer)
		})
		err := c.ProbeTopic(t.Context(), -1001230000001, "Bellhop is trying what it may")
		if got := strings.Join(calls, " "); got != test.calls {
			t.Errorf("%s fails: called %s", failing, got)
		}
		if failing == "none" {
			if err != nil {
				t.Errorf("a good group is found wanting: %v", err)
			}
			continue
		}
		if KindOf(err) != KindNoRights || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s fails: %v", failing, err)
		}
	}
}

func TestRightsTellWhatIsMissing(t *testing.T) {
	all := []string{"can_manage_topics", "can_delete_messages"}
	for name, test := range map[string]struct {
		rights Rights
		want   []string
		inside bool
	}{
		"creator":       {Rights{Status: "creator"}, nil, true},
		"administrator": {Rights{Status: "administrator", CanManageTopics: true, CanDeleteMessages: true}, nil, true},
		"weak":          {Rights{Status: "administrator", CanManageTopics: true}, all[1:], true},
		"member":        {Rights{Status: "member"}, all, true},
		"restricted":    {Rights{Status: "restricted", IsMember: true}, all, true},
		"banned":        {Rights{Status: "restricted"}, all, false},
		"kicked":        {Rights{Status: "kicked"}, all, false},
		"left":          {Rights{Status: "left"}, all, false},
	} {
		if got := test.rights.Missing(); !slices.Equal(got, test.want) || test.rights.Inside() != test.inside {
			t.Errorf("%s lacks %v, inside %v", name, got, test.rights.Inside())
		}
	}
}
