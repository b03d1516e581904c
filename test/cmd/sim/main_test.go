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
