package wire

import (
	"encoding/json"
	"os"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestASessionReadsAsBackendsExpect(t *testing.T) {
	identity, err := structpb.NewStruct(map[string]any{"id": "u1", "email": "ada@example.com", "plan": map[string]any{"seats": 3}})
	if err != nil {
		t.Fatal(err)
	}
	full := &sessionsv1.SessionRecord{
		Session: &bellhopv1.Session{
			Id: "ses_1", VisitorId: "v1", CreatedAt: when, LastActivity: later, Status: "closed", ClosedAt: later, AiActive: true,
			Metadata: &structpb.Struct{Fields: map[string]*structpb.Value{"url": structpb.NewStringValue("https://x/?a=<b>")}},
			Identity: identity, IdentityVerified: true, UserPhone: "+4930123", UserPhoneCountry: "DE",
			Csat: &bellhopv1.Csat{Score: 4, Comment: "ok", RequestedAt: when, RespondedAt: later},
		},
		Platforms: map[string]*sessionsv1.PlatformState{
			"telegram": {Thread: "42"}, "discord": {Thread: "900000000000000001"}, "slack": {Thread: "1700000000.000100"},
		},
	}
	for name, session := range map[string]Session{
		"session":      FromRecord(full, true),
		"session_bare": FromSession(&bellhopv1.Session{Id: "ses_1", VisitorId: "v1"}),
		"session_odd":  FromRecord(&sessionsv1.SessionRecord{Platforms: map[string]*sessionsv1.PlatformState{"telegram": {Thread: "no number"}}}, false),
	} {
		got, err := json.MarshalIndent(session, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		file := "testdata/" + name + ".json"
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}
