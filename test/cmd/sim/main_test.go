package main

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWrongArgumentsExitWithTheRightCode(t *testing.T) {
	cases := map[string]struct {
		args []string
		code int
	}{
		"help":           {[]string{"-help"}, 0},
		"unknown flag":   {[]string{"-nonsense"}, 2},
		"bad token":      {[]string{"-telegram-token", "secret"}, 1},
		"public address": {[]string{"-telegram-addr", "0.0.0.0:0"}, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out, complaints bytes.Buffer
			if got := run(c.args, &out, &complaints); got != c.code {
				t.Fatalf("exit %d, want %d: %s", got, c.code, complaints.String())
			}
		})
	}
}

func TestTelegramTellsWhereItIs(t *testing.T) {
	p := telegramPlatform()
	set := flag.NewFlagSet("sim", flag.ContinueOnError)
	p.flags(set)
	if err := set.Parse([]string{"-telegram-addr", "127.0.0.1:0", "-telegram-chat", "-1009"}); err != nil {
		t.Fatal(err)
	}
	notice, stop, err := p.start(context.Background(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if !strings.Contains(notice, "TELEGRAM_CHAT_ID=-1009") {
		t.Fatalf("notice: %s", notice)
	}
	_, address, _ := strings.Cut(notice, "TELEGRAM_API_URL=")
	resp, err := http.Get(strings.Fields(address)[0] + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the page answers %d", resp.StatusCode)
	}
}

// TestInAClusterEveryPlatformTellsTheAddressThatOthersKnow: what it hands out must lead to it from another machine, and then it may listen
// on an address that others reach. No port is that high, so nothing listens there.
func TestInAClusterEveryPlatformTellsTheAddressThatOthersKnow(t *testing.T) {
	for i, name := range []string{"telegram", "discord", "slack"} {
		start := func(addr string) (string, func(), error) {
			p := platforms()[i]
			set := flag.NewFlagSet("sim", flag.ContinueOnError)
			p.flags(set)
			if err := set.Parse([]string{"-" + name + "-addr", addr, "-" + name + "-url", "http://sim:8091"}); err != nil {
				t.Fatal(err)
			}
			return p.start(context.Background(), zap.NewNop())
		}
		notice, stop, err := start("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if !strings.Contains(notice, strings.ToUpper(name)+"_API_URL=http://sim:8091") {
			t.Errorf("notice: %s", notice)
		}
		if _, _, err := start("0.0.0.0:99999"); err == nil || strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
