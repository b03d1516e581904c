package bus

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestSubjectsAreThePublishedScheme(t *testing.T) {
	const ses, odd = id.Session("ses_1"), id.Session("a.b *>é")
	k := key{project: "shop", session: ses, kind: MessageCreated}
	for got, want := range map[string]string{
		k.stored(): "bellhop.v1.02.shop.ses_1.message.created",
		k.live():   "bellhop.live.v1.shop.ses_1.message.created",
		key{"default", id.Everyone, EventEmitted}.stored(): "bellhop.v1.04.default.all.event.emitted",
		key{"default", odd, SessionLeft}.live():            "bellhop.live.v1.default.a=2Eb=20=2A=3E=C3=A9.session.left",
		signalSubject("shop", ses, "typing"):               "bellhop.signal.v1.shop.ses_1.typing",
		CommandSubject("shop", id.Everyone, EmitEvent):     "bellhop.cmd.v1.shop.all.event.emit",
		CommandSubject("shop", ses, SendMessage):           "bellhop.cmd.v1.shop.ses_1.message.send",
		commandFilter(CloseSession):                        "bellhop.cmd.v1.*.*.session.close",
		deadSubject("shop", "telegram"):                    "bellhop.dlq.v1.shop.telegram",
		sessionFilter("shop", ses):                         "bellhop.v1.02.shop.ses_1.>",
		partFilter(3):                                      "bellhop.v1.03.>",
		typeFilter("", ThreadOpened):                       "bellhop.v1.*.*.*.thread.opened",
		typeFilter("shop", ThreadOpened):                   "bellhop.v1.*.shop.*.thread.opened",
		Filter{}.subject():                                 "bellhop.v1.*.*.*.*.*",
		Filter{Project: "shop"}.subject():                  "bellhop.v1.*.shop.*.*.*",
		Filter{Session: ses}.subject():                     "bellhop.v1.02.*.ses_1.*.*",
		Filter{"shop", ses, MessageRead}.subject():         "bellhop.v1.02.shop.ses_1.message.read",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestForeignSubjectsAreRefused(t *testing.T) {
	good := key{project: "shop", session: "ses_1", kind: MessageCreated}
	for _, bad := range []string{
		"", "bellhop", "bellhop.v1", "bellhop.v1.", "bellhop.v1.02", "bellhop.v1.02.shop", "bellhop.v1.02.shop.ses_1",
		"bellhop.v1.02.shop.ses_1.message", "bellhop.v1.02.shop.ses_1.message.", "bellhop.v1.02.shop.ses_1..created",
		"bellhop.v1.02.shop.ses_1.message.created.more", "bellhop.v1.2.shop.ses_1.message.created", "bellhop.v1.09.shop.ses_1.message.created",
		"bellhop.v1.02.Shop.ses_1.message.created", "bellhop.v1.02..ses_1.message.created", "bellhop.v1.02.shop..message.created",
		"bellhop.v1.02.shop.=.message.created", "bellhop.v1.02.shop.=61ll.message.created", "bellhop.v1.02.shop.=0A.message.created",
		"bellhop.v2.08.shop.ses_1.message.created", good.live(), "x" + good.stored(),
	} {
		if k, err := parseStored(bad); err == nil {
			t.Errorf("%q was read as %v", bad, k)
		}
	}
	for _, bad := range []string{"", "bellhop.live.v1.", "bellhop.live.v1.shop.ses_1.message", good.stored()} {
		if k, err := parseLive(bad); err == nil {
			t.Errorf("%q was read as %v", bad, k)
		}
	}
}

func TestSubjectsComeBackForAnyID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := key{
			project: id.Project(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,39}`).Draw(t, "project")),
			kind:    rapid.SampledFrom(Types()).Draw(t, "kind"),
		}
		drawn := rapid.StringN(1, 40, 128).Draw(t, "session")
		session, err := id.ParseSession(drawn)
		if err != nil {
			session = id.Everyone
		}
		k.session = session
		for _, subject := range []string{k.stored(), k.live()} {
			if strings.ContainsAny(subject, "*> \t\r\n") || len(subject) > 1024 {
				t.Fatalf("subject %q", subject)
			}
		}
		if back, err := parseStored(k.stored()); err != nil || back != k {
			t.Fatalf("%v became %v: %v", k, back, err)
		}
		if back, err := parseLive(k.live()); err != nil || back != k {
			t.Fatalf("%v became %v: %v", k, back, err)
		}
		p, s, err := parseSignal(signalSubject(k.project, k.session, "typing"))
		if err != nil || p != k.project || s != k.session {
			t.Fatalf("signal of %v became %s, %s: %v", k, p, s, err)
		}
	})
}

func FuzzParseStored(f *testing.F) {
	for _, s := range []string{"bellhop.v1.02.shop.ses_1.message.created", "bellhop.v1.04.default.all.event.emitted", "bellhop.v1.02.a.b", "...", "bellhop.v1.*.>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		if k, err := parseStored(subject); err == nil && k.stored() != subject {
			t.Fatalf("%q has a second spelling %q", subject, k.stored())
		}
	})
}

func FuzzParseLive(f *testing.F) {
	for _, s := range []string{"bellhop.live.v1.shop.ses_1.message.created", "bellhop.live.v1.shop.=2E.message.created", "bellhop.live.v1.shop"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		if k, err := parseLive(subject); err == nil && k.live() != subject {
			t.Fatalf("%q has a second spelling %q", subject, k.live())
		}
	})
}
