package main

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"
)

func startSlack(t *testing.T, args ...string) (notice string, stop func(), err error) {
	t.Helper()
	p := slackPlatform()
	set := flag.NewFlagSet("sim", flag.ContinueOnError)
	p.flags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return p.start(context.Background(), zap.NewNop())
}

func TestSlackTellsWhereItIs(t *testing.T) {
	notice, stop, err := startSlack(t, "-slack-addr", "127.0.0.1:0", "-slack-channel", "C0ELSEWHERE")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if !strings.Contains(notice, "SLACK_CHANNEL_ID=C0ELSEWHERE") || !strings.Contains(notice, "SLACK_SIGNING_SECRET=simulated") {
		t.Fatalf("notice: %s", notice)
	}
	_, address, _ := strings.Cut(notice, "Slack (simulated): ")
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

func TestSlackCanBeLeftOutAndRefusesWrongTokens(t *testing.T) {
	if notice, stop, err := startSlack(t, "-slack-addr", ""); err != nil || !strings.Contains(notice, "off") {
		t.Fatalf("%q %v", notice, err)
	} else {
		stop()
	}
	for _, flag := range []string{"-slack-token", "-slack-app-token"} {
		if _, _, err := startSlack(t, flag, "nonsense"); err == nil {
			t.Errorf("%s was taken", flag)
		}
	}
}
