package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

// botAPI answers the three questions of the setup as the Bot API does, for a group with or without topics.
func botAPI(t *testing.T, forum bool) string {
	t.Helper()
	answers := map[string]string{
		"/bot123:abc/getMe":         `{"id":123,"is_bot":true,"first_name":"Bell","username":"bell_bot"}`,
		"/bot123:abc/getChat":       `{"id":-1001230000001,"type":"supergroup","title":"Support","is_forum":true}`,
		"/bot123:abc/getChatMember": `{"status":"administrator","user":{"id":123},"can_manage_topics":true,"can_delete_messages":true}`,
	}
	if !forum {
		answers["/bot123:abc/getChat"] = `{"id":-1001230000001,"type":"supergroup","title":"Support"}`
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		result, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"ok":false,"error_code":401,"description":"Unauthorized"}`))
			return
		}
		_, _ = w.Write([]byte(`{"ok":true,"result":` + result + `}`))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func initTelegram(t *testing.T, api, file, answers string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("TELEGRAM_API_URL", api)
	var out, errs output
	code = runWith(t.Context(), []string{"init", "telegram", "--file", file}, strings.NewReader(answers), &out, &errs)
	return code, out.String(), errs.String()
}

func TestInitTriesWhatItWrites(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("# mine\nAPI_KEY=k\nTELEGRAM_CHAT_ID=-1009999999999\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errs := initTelegram(t, botAPI(t, true), file, "123:abc\n-1001230000001\n")
	if code != runner.ExitOK || !strings.Contains(out, "@bell_bot") || !strings.Contains(out, "Support") {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	got, err := os.ReadFile(file)
	if want := "# mine\nAPI_KEY=k\nTELEGRAM_CHAT_ID=-1001230000001\nTELEGRAM_BOT_TOKEN=123:abc\n"; err != nil || string(got) != want {
		t.Errorf("the file holds\n%s%v", got, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of secrets has mode %v, %v", info.Mode(), err)
	}
}

func TestInitWritesNothingThatDoesNotWork(t *testing.T) {
	for name, c := range map[string]struct {
		forum   bool
		answers string
		code    int
		want    string
	}{
		"no topics":       {false, "123:abc\n-1001230000001\n", runner.ExitFailure, "has no topics"},
		"foreign token":   {true, "123:other\n", runner.ExitFailure, "Unauthorized"},
		"malformed token": {true, "what?\n", runner.ExitConfiguration, "bot_token"},
		"malformed group": {true, "123:abc\n42\n", runner.ExitConfiguration, "chat_id"},
		"nothing":         {true, "", runner.ExitFailure, "nothing was entered"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), ".env")
			code, out, errs := initTelegram(t, botAPI(t, c.forum), file, c.answers)
			if code != c.code || !strings.Contains(errs, c.want) {
				t.Errorf("exit code %d, want %d and %q\n%s%s", code, c.code, c.want, out, errs)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("something was written")
			}
			if strings.Contains(errs, "123:other") || bytes.Contains([]byte(out), []byte("123:abc")) {
				t.Error("the token was printed")
			}
		})
	}
}
