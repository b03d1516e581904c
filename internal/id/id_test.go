package id

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSessionIDsHaveOneShapeAndNeverRepeat(t *testing.T) {
	seen := map[Session]bool{}
	for range 10_000 {
		s := NewSession()
		if len(s) != len(sessionPrefix)+secretDigits || !strings.HasPrefix(string(s), sessionPrefix) {
			t.Fatalf("session id %q", s)
		}
		if seen[s] {
			t.Fatalf("session id %q came twice", s)
		}
		seen[s] = true
		if _, err := ParseSession(string(s)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAttachmentIDsHaveOneSpelling(t *testing.T) {
	first, second := NewAttachment(), NewAttachment()
	if first == second {
		t.Fatalf("attachment id %q came twice", first)
	}
	for _, a := range []Attachment{first, second, AttachmentOf([16]byte{}), AttachmentOf([16]byte{255, 255, 255, 255, 255, 255, 255, 255, 255})} {
		if back, err := ParseAttachment(string(a)); err != nil || back != a {
			t.Errorf("%q: %v", a, err)
		}
	}
	if got, want := AttachmentOf([16]byte{15: 61}), Attachment("att_000000000000000000000Z"); got != want {
		t.Errorf("61 is %s, want %s", got, want)
	}
	good := string(first)
	for _, bad := range []string{"", "att_", good + "0", good[:25], "ses_" + good[4:], "att_" + strings.Repeat("*", 22), strings.ToUpper(good)} {
		if _, err := ParseAttachment(bad); err == nil {
			t.Errorf("attachment %q accepted", bad)
		}
	}
}

func TestMessageIDsSortByTime(t *testing.T) {
	last := NewMessage()
	for range 1000 {
		next := NewMessage()
		if next <= last {
			t.Fatalf("%s came after %s", next, last)
		}
		last = next
	}
}

func TestParseRefusesWhatIsNoID(t *testing.T) {
	for _, bad := range []string{"", "all", "a\x00b", "line\nbreak", "\xff\xfe", strings.Repeat("x", 129), "\u202eabc"} {
		if _, err := ParseSession(bad); err == nil {
			t.Errorf("session %q accepted", bad)
		}
	}
	for _, bad := range []string{"", "temp-1", "a\tb", strings.Repeat("x", 129)} {
		if _, err := ParseMessage(bad); err == nil {
			t.Errorf("message %q accepted", bad)
		}
	}
	for _, bad := range []string{"", "Shop", "-a", "a.b", "a*", strings.Repeat("x", 41)} {
		if _, err := ParseProject(bad); err == nil {
			t.Errorf("project %q accepted", bad)
		}
	}
}

func TestAnyStringIsOneTokenAndComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		token := Token(s)
		if token == "" || strings.ContainsAny(token, ".*> \t\r\n") {
			t.Fatalf("token %q of %q", token, s)
		}
		back, err := Decode(token)
		if err != nil || back != s {
			t.Fatalf("%q became %q: %v", s, back, err)
		}
	})
}

func TestPartsAreThePublishedHash(t *testing.T) {
	// Reference values of FNV-1a, 32 bits: "a" is e40c292c, "foobar" is bf9cf968.
	for s, want := range map[Session]string{"a": "12", "foobar": "08", "": "05"} {
		if got := s.Part().String(); got != want {
			t.Errorf("part of %q is %s, want %s", s, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "=", "a=2Eb", "=2", "=zz", "=2e", "ses_abc", "*", ">"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		s, err := Decode(token)
		if err == nil && Token(s) != token {
			t.Fatalf("%q has a second spelling %q", token, Token(s))
		}
	})
}

func TestKeyOfASessionNamesOneMessageAndNoOtherSessions(t *testing.T) {
	first := MessageOf("default", "ses_a", "key")
	if again := MessageOf("default", "ses_a", "key"); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	if _, err := ParseMessage(string(first)); err != nil {
		t.Error(err)
	}
	seen := map[Message]bool{first: true}
	for _, other := range []Message{MessageOf("default", "ses_a", "key2"), MessageOf("default", "ses_b", "key"), MessageOf("shop", "ses_a", "key"), NewMessage()} {
		if seen[other] {
			t.Errorf("%s came twice", other)
		}
		seen[other] = true
	}
}
