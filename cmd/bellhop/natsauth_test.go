package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func natsAuthRun(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = runWith(t.Context(), append([]string{"nats-auth"}, args...), nil, &out, &out)
	return code, out.String()
}

func TestNatsAuthWritesWhatServersAndUsersNeed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "auth")
	yaml := filepath.Join(t.TempDir(), "nats.yaml")
	if code, said := natsAuthRun(t, "--out", dir, "--project", "shop,help", "--kubernetes", yaml, "--namespace", "chat"); code != 0 {
		t.Fatal(said)
	}
	code, said := natsAuthRun(t, "integrator", "crm", "--out", dir, "--project", "shop", "--type", "message.created", "--durable")
	for _, want := range []string{filepath.Join(dir, "crm.nk"), "_INBOX_crm", "consumer crm filter bellhop.v1.*.shop.*.message.created"} {
		if code != 0 || !strings.Contains(said, want) {
			t.Errorf("%d %s\nlacks %s", code, said, want)
		}
	}
	for _, file := range []string{"gateway.nk", "sessions.nk", "notifier.nk", "inbound.nk", "cli.nk", "backup.nk", "crm.nk", "users.json", "nats-auth.conf"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(yaml); err != nil {
		t.Error(err)
	}
	for _, change := range [][]string{{"rotate", "crm"}, {"retire", "crm"}, {"revoke", "crm"}} {
		if code, said := natsAuthRun(t, append(change, "--out", dir)...); code != 0 {
			t.Errorf("%v: %s", change, said)
		}
	}
	for _, wrong := range [][]string{
		{"revoke", "crm"}, {"rotate", "nobody"}, {"retire", "nobody"}, {"integrator", "gateway"}, {"integrator", "crm", "--type", "message.eaten"},
		{"integrator", "crm", "--project", "No Project"}, {"--project", "*"}, {"--account", "$SYS"},
	} {
		if code, said := natsAuthRun(t, append(wrong, "--out", dir)...); code != 2 {
			t.Errorf("%v ends with %d: %s", wrong, code, said)
		}
	}
}
