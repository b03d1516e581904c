package discord

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// standing is a bot with one role in a channel, without overwrites.
func standing() Standing {
	return Standing{
		Guild:  Guild{ID: testGuild, OwnerID: "1"},
		Roles:  []Role{{ID: testGuild, Permissions: ViewChannel}, {ID: "role", Permissions: SendMessages}, {ID: "other", Permissions: ManageThreads}},
		Member: Member{User: &User{ID: testBot}, Roles: []string{"role"}},
	}
}

func TestRightsAreComputedAsDiscordDoes(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Standing)
		want   Permissions
	}{
		"roles add up":      {func(*Standing) {}, ViewChannel | SendMessages},
		"owner":             {func(s *Standing) { s.Guild.OwnerID = testBot }, everything},
		"administrator":     {func(s *Standing) { s.Roles[1].Permissions |= Administrator }, everything},
		"nobody knows who":  {func(s *Standing) { s.Member.User = nil; s.Guild.OwnerID = "" }, ViewChannel | SendMessages},
		"everybody may not": {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: testGuild, Deny: SendMessages}} }, ViewChannel},
		"everybody may see": {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: testGuild, Allow: AttachFiles}} }, ViewChannel | SendMessages | AttachFiles},
		"role beats everybody": {func(s *Standing) {
			s.Channel.Overwrites = []Overwrite{{ID: "role", Allow: SendMessages}, {ID: testGuild, Deny: SendMessages}}
		}, ViewChannel | SendMessages},
		"one role allows": {func(s *Standing) {
			s.Member.Roles = append(s.Member.Roles, "other")
			s.Channel.Overwrites = []Overwrite{{ID: "role", Deny: SendMessages}, {ID: "other", Allow: SendMessages}}
		}, ViewChannel | SendMessages | ManageThreads},
		"somebody else's role": {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: "other", Allow: ManageThreads}} }, ViewChannel | SendMessages},
		"member beats role": {func(s *Standing) {
			s.Channel.Overwrites = []Overwrite{{ID: testBot, Type: 1, Deny: SendMessages, Allow: ManageThreads}, {ID: "role", Allow: SendMessages}}
		}, ViewChannel | ManageThreads},
		"another member":      {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: "1", Type: 1, Deny: ViewChannel}} }, ViewChannel | SendMessages},
		"a role like the bot": {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: testBot, Type: 0, Deny: ViewChannel}} }, ViewChannel | SendMessages},
		"hidden channel":      {func(s *Standing) { s.Channel.Overwrites = []Overwrite{{ID: testGuild, Deny: ViewChannel}} }, 0},
		"timed out":           {func(s *Standing) { s.TimedOut = true; s.Roles[0].Permissions |= ReadMessageHistory }, ViewChannel | ReadMessageHistory},
		"administrator of a hidden": {func(s *Standing) {
			s.Roles[1].Permissions |= Administrator
			s.Channel.Overwrites = []Overwrite{{ID: testGuild, Deny: ViewChannel}}
		}, everything},
	} {
		s := standing()
		test.change(&s)
		if got := s.Permissions(); got != test.want {
			t.Errorf("%s: %b, want %b", name, got, test.want)
		}
	}
}

func TestMissingRightsAreNamed(t *testing.T) {
	names := func(needs []Need) string {
		var all []string
		for _, need := range needs {
			if need.Why == "" {
				t.Errorf("%s has no reason", need.Name)
			}
			all = append(all, need.Name)
		}
		return strings.Join(all, ", ")
	}
	if got := names(Missing(ChannelForum, everything)); got != "" {
		t.Errorf("with every right %s is missing", got)
	}
	if got := names(Missing(ChannelForum, everything&^(ManageThreads|ManageMessages|CreatePublicThreads))); got != "Manage Threads, Manage Messages" {
		t.Errorf("missing in a forum: %s", got)
	}
	if got := names(Missing(ChannelText, everything&^(SendMessagesInThreads|CreatePublicThreads))); got != "Send Messages in Threads, Create Public Threads" {
		t.Errorf("missing in a text channel: %s", got)
	}
	if got := names(Excessive(MentionEveryone | ViewChannel)); got != "Mention Everyone" {
		t.Errorf("excessive: %s", got)
	}
	if got := names(Excessive(everything)); got != "Administrator" {
		t.Errorf("excessive: %s", got)
	}
}

func TestInvitationAsksForWhatIsNeeded(t *testing.T) {
	u, err := url.Parse(InviteURL(testBot))
	if err != nil {
		t.Fatal(err)
	}
	var asked Permissions
	if err := asked.UnmarshalJSON([]byte(`"` + u.Query().Get("permissions") + `"`)); err != nil {
		t.Fatal(err)
	}
	if len(Missing(ChannelText, asked))+len(Missing(ChannelForum, asked))+len(Excessive(asked)) != 0 || u.Query().Get("client_id") != testBot || u.Query().Get("scope") != "bot applications.commands" {
		t.Fatalf("%v asks for %b", u, asked)
	}
}

func TestRightsAreNumbersInTexts(t *testing.T) {
	for text, want := range map[string]Permissions{`"0"`: 0, `"1024"`: ViewChannel, `""`: 0, `"340282366920938463463374607431768211456"`: 0, `"18446744073709551616"`: 0, `"18446744073709552640"`: ViewChannel, `null`: 0} {
		var got Permissions
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{`"x"`, `"-1"`, `1024`, `"1e3"`} {
		var got Permissions
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is %d", text, got)
		}
	}
	if data, err := json.Marshal(ViewChannel); err != nil || string(data) != `"1024"` {
		t.Errorf("%s, %v", data, err)
	}
}

func TestOwnRightsInAThreadAreThoseOfItsParent(t *testing.T) {
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for timeout, want := range map[string]Permissions{"null": ViewChannel | ManageThreads, `"` + until + `"`: ViewChannel} {
		answers := map[string]string{
			"/api/v10/channels/" + testChannel:                     `{"id":"` + testChannel + `","type":15,"guild_id":"` + testGuild + `","permission_overwrites":[{"id":"` + testBot + `","type":1,"allow":"17179869184","deny":"2048"}]}`,
			"/api/v10/users/@me":                                   `{"id":"` + testBot + `"}`,
			"/api/v10/guilds/" + testGuild:                         `{"id":"` + testGuild + `","owner_id":"1"}`,
			"/api/v10/guilds/" + testGuild + "/roles":              `[{"id":"` + testGuild + `","permissions":"3072"}]`,
			"/api/v10/guilds/" + testGuild + "/members/" + testBot: `{"roles":[],"communication_disabled_until":` + timeout + `}`,
		}
		c := against(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(answers[r.URL.Path])) })
		got, err := c.GetOwnPermissions(t.Context(), Channel{ID: testMessage, Type: ChannelPublicThread, ParentID: testChannel, GuildID: testGuild})
		if err != nil || got != want {
			t.Errorf("timed out until %s: %b, %v, want %b", timeout, got, err, want)
		}
	}
}

func TestOwnRightsFailWithTheFirstCallThatFails(t *testing.T) {
	if _, err := answering(t, 404, `{"code":10003,"message":"Unknown Channel"}`).GetOwnPermissions(t.Context(), Channel{Type: ChannelPublicThread, ParentID: testChannel}); KindOf(err) != KindThreadGone {
		t.Error(err)
	}
	if _, err := answering(t, 401, `{"code":0,"message":"401: Unauthorized"}`).GetOwnPermissions(t.Context(), Channel{GuildID: testGuild}); KindOf(err) != KindGone {
		t.Error(err)
	}
}
