package guard

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestIPFilterDecidesByItsMode(t *testing.T) {
	allow, block := []string{"203.0.113.0/24", "10.1.0.0/16", "2001:db8::/32"}, []string{"10.0.0.0/8", "198.51.100.7", "2001:db8:bad::/48"}
	for _, c := range []struct {
		mode Mode
		ip   string
		want Result
	}{
		{"", "192.0.2.1", Result{true, ReasonDefault, ""}},
		{ModeBlocklist, "10.1.2.3", Result{false, ReasonBlocklist, "10.0.0.0/8"}},
		{ModeBlocklist, "198.51.100.7", Result{false, ReasonBlocklist, "198.51.100.7"}},
		{ModeBlocklist, "::ffff:198.51.100.7", Result{false, ReasonBlocklist, "198.51.100.7"}},
		{ModeBlocklist, "198.51.100.8", Result{true, ReasonDefault, ""}},
		{ModeBlocklist, "2001:db8:bad::1%eth0", Result{false, ReasonBlocklist, "2001:db8:bad::/48"}},
		{ModeAllowlist, "203.0.113.9", Result{true, ReasonAllowlist, "203.0.113.0/24"}},
		{ModeAllowlist, "192.0.2.1", Result{Reason: ReasonNotInAllowlist}},
		{ModeAllowlist, "10.1.2.3", Result{true, ReasonAllowlist, "10.1.0.0/16"}},
		{ModeBoth, "10.1.2.3", Result{true, ReasonAllowlist, "10.1.0.0/16"}},
		{ModeBoth, "10.2.2.3", Result{false, ReasonBlocklist, "10.0.0.0/8"}},
		{ModeBoth, "192.0.2.1", Result{true, ReasonDefault, ""}},
		{ModeBoth, "2001:db8:bad::1", Result{true, ReasonAllowlist, "2001:db8::/32"}},
	} {
		got, err := CheckIPFilter(c.ip, IPOptions{Mode: c.mode, Allow: allow, Block: block})
		if err != nil || got != c.want {
			t.Errorf("%q %s: %+v, %v; want %+v", c.mode, c.ip, got, err, c.want)
		}
	}
	var none *IPFilter
	if got := none.Check(netip.MustParseAddr("10.0.0.1")); got != (Result{Allowed: true, Reason: ReasonDisabled}) {
		t.Errorf("no filter: %+v", got)
	}
	f, err := NewIPFilter(IPOptions{Mode: ModeAllowlist, Allow: allow})
	if got := f.Check(netip.Addr{}); err != nil || got.Allowed {
		t.Errorf("no address is on the list: %+v, %v", got, err)
	}
}

func TestOwnDecisionComesFirst(t *testing.T) {
	o := IPOptions{Block: []string{"10.0.0.0/8"}, Custom: func(ip netip.Addr) Verdict {
		return map[string]Verdict{"10.0.0.1": Allow, "192.0.2.1": Deny}[ip.String()]
	}}
	for ip, want := range map[string]Result{
		"10.0.0.1": {true, ReasonCustom, ""}, "192.0.2.1": {false, ReasonCustom, ""}, "10.0.0.2": {false, ReasonBlocklist, "10.0.0.0/8"},
	} {
		if got, err := CheckIPFilter(ip, o); err != nil || got != want {
			t.Errorf("%s: %+v, %v", ip, got, err)
		}
	}
	ua := UAOptions{Custom: func(ua string) Verdict { return map[string]Verdict{"mine/1 bot/": Allow, "": Deny}[ua] }}
	for agent, want := range map[string]Result{"mine/1 bot/": {true, ReasonCustom, ""}, "": {false, ReasonCustom, ""}, "x bot/": {false, ReasonDefaultBot, "bot/"}} {
		if got, err := CheckUAFilter(agent, ua); err != nil || got != want {
			t.Errorf("%q: %+v, %v", agent, got, err)
		}
	}
}

func TestWhatIsConfiguredWronglyIsNamed(t *testing.T) {
	for _, bad := range []string{"10.0.0.0/33", "example.com", "", "10.0.0", "2001:db8::/129", "10.0.0.0/8/8"} {
		if _, err := NewIPFilter(IPOptions{Block: []string{"10.0.0.0/8", bad}}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", bad)) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"/(/", "", "  "} {
		if _, err := NewUAFilter(UAOptions{Allow: []string{bad}}); err == nil {
			t.Errorf("%q is a pattern", bad)
		}
	}
	if _, err := NewIPFilter(IPOptions{Mode: "deny"}); err == nil {
		t.Error("deny is a mode")
	}
	if _, err := CheckIPFilter("nobody", IPOptions{}); err == nil {
		t.Error("nobody is an address")
	}
}

const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

func TestUAFilterDecidesByItsMode(t *testing.T) {
	for _, c := range []struct {
		agent string
		o     UAOptions
		want  Result
	}{
		{chrome, UAOptions{}, Result{true, ReasonDefault, ""}},
		{"Mozilla/5.0 (compatible; GoogleBot/2.1)", UAOptions{}, Result{false, ReasonDefaultBot, "googlebot"}},
		{"Mozilla/5.0 (compatible; GoogleBot/2.1)", UAOptions{NoDefaultBots: true}, Result{true, ReasonDefault, ""}},
		{chrome, UAOptions{Block: []string{"LINUX"}}, Result{false, ReasonBlocklist, "LINUX"}},
		{chrome, UAOptions{Block: []string{`/chrome\/1[0-9]+/`}}, Result{false, ReasonBlocklist, `/chrome\/1[0-9]+/`}},
		{chrome, UAOptions{Block: []string{`/^chrome/`}}, Result{true, ReasonDefault, ""}},
		{"a//b", UAOptions{Block: []string{"//"}}, Result{false, ReasonBlocklist, "//"}},
		{chrome, UAOptions{Mode: ModeAllowlist, Allow: []string{"Firefox"}}, Result{Reason: ReasonNotInAllowlist}},
		{"GoogleBot/2.1", UAOptions{Mode: ModeBoth, Allow: []string{"googlebot"}}, Result{true, ReasonAllowlist, "googlebot"}},
		{"BingBot/2.1", UAOptions{Mode: ModeBoth, Allow: []string{"googlebot"}}, Result{false, ReasonDefaultBot, "bingbot"}},
		{"", UAOptions{Mode: ModeAllowlist, Allow: []string{"Firefox"}}, Result{true, ReasonDefault, ""}},
		{strings.Repeat("x", maxUserAgent) + "curl/8", UAOptions{}, Result{true, ReasonDefault, ""}},
	} {
		got, err := CheckUAFilter(c.agent, c.o)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v; want %+v", c.agent, got, err, c.want)
		}
	}
	var none *UAFilter
	if got := none.Check("curl/8"); got != (Result{Allowed: true, Reason: ReasonDisabled}) {
		t.Errorf("no filter: %+v", got)
	}
}

func TestBotsAreKnownByTheirNames(t *testing.T) {
	for _, bot := range []string{"curl/8.5.0", "Slackbot-LinkExpanding 1.0", "Screaming Frog SEO Spider", "Mozilla/5.0 HeadlessChrome/131", "GPTBot/1.2"} {
		if !IsBot(bot) {
			t.Errorf("%q is nobody's bot", bot)
		}
	}
	for _, person := range []string{chrome, "", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"} {
		if IsBot(person) {
			t.Errorf("%q is a bot", person)
		}
	}
	for _, word := range DefaultBots() {
		if word != strings.ToLower(word) || strings.TrimSpace(word) == "" {
			t.Errorf("%q can never match", word)
		}
	}
}

func TestProgramsAreSuspected(t *testing.T) {
	for _, c := range []struct {
		ip, agent, network string
		want               []Suspicion
	}{
		{"192.0.2.1", chrome, "", nil},
		{"192.0.2.1", chrome, "Deutsche Telekom AG", nil},
		{"5.9.1.2", chrome, "", []Suspicion{SuspectDatacenter}},
		{"::ffff:5.9.1.2", chrome, "", []Suspicion{SuspectDatacenter}},
		{"2a01:4ff::1", chrome, "", []Suspicion{SuspectDatacenter}},
		{"2a01:500::1", chrome, "", nil},
		{"2600:1fff::1", chrome, "", []Suspicion{SuspectDatacenter}},
		{"192.0.2.1", "Mozilla/5.0 HeadlessChrome/131", "Hetzner Online GmbH", []Suspicion{SuspectHosting, SuspectHeadless}},
	} {
		if got := Suspect(netip.MustParseAddr(c.ip), c.agent, c.network); !slices.Equal(got, c.want) {
			t.Errorf("%s %q %q: %v, want %v", c.ip, c.agent, c.network, got, c.want)
		}
	}
	if got := Suspect(netip.Addr{}, chrome, ""); got != nil {
		t.Errorf("no address: %v", got)
	}
}

func FuzzUserAgentPatterns(f *testing.F) {
	f.Add("/a+/", chrome)
	f.Add("curl", "CURL/8")
	f.Fuzz(func(t *testing.T, pattern, agent string) {
		filter, err := NewUAFilter(UAOptions{Block: []string{pattern}, NoDefaultBots: true})
		if err != nil {
			return
		}
		if got := filter.Check(agent); !got.Allowed && got.Matched != pattern {
			t.Errorf("%q matched %q", agent, got.Matched)
		}
	})
}

func FuzzNetworks(f *testing.F) {
	f.Add("10.0.0.0/8", "10.1.2.3")
	f.Add("::ffff:10.0.0.0/104", "10.1.2.3")
	f.Fuzz(func(t *testing.T, entry, ip string) {
		addr, err := netip.ParseAddr(ip)
		set, bad := NewNetworks(entry)
		if err != nil || bad != nil {
			return
		}
		prefix, err := parseNetwork(strings.TrimSpace(entry))
		if err != nil {
			t.Fatal(err)
		}
		if found := set.Find(addr) != ""; found != prefix.Contains(plain(addr)) {
			t.Errorf("%s in %s: %v", addr, prefix, found)
		}
	})
}

// BenchmarkFind looks addresses up in a hundred and in a hundred thousand networks, and in as many one after the other.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		var entries []string
		var prefixes []netip.Prefix
		for i := range n {
			prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(11 + i>>16), byte(i >> 8), byte(i), 0}), 24)
			entries, prefixes = append(entries, prefix.String()), append(prefixes, prefix)
		}
		set := networks(entries...)
		ip := netip.MustParseAddr("192.0.2.1")
		b.Run(fmt.Sprintf("set/%d", n), func(b *testing.B) {
			for b.Loop() {
				set.Find(ip)
			}
		})
		b.Run(fmt.Sprintf("list/%d", n), func(b *testing.B) {
			for b.Loop() {
				holds(prefixes, ip)
			}
		})
	}
}
