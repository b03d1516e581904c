package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// site is a service's configuration in small.
type site struct {
	Project  id.Project `projects:"name"`
	Projects []site     `projects:"each"`

	Public  string `env:"PUBLIC_URL"`
	Welcome string `env:"WELCOME_MESSAGE"`
	Notify  string `env:"NOTIFY_ON" default:"message" oneof:"message,connect"`
	Bot     bot
	InPlace string
}

type bot struct {
	Token string   `env:"TELEGRAM_BOT_TOKEN" secret:"true"`
	Chats []string `env:"TELEGRAM_CHAT_ID"`
	Rate  int      `env:"DISCORD_MESSAGES_PER_5S" default:"5"`
}

// ValidateProjects refuses one token for two projects.
func (s *site) ValidateProjects() error {
	for i, p := range s.Projects {
		if i > 0 && p.Bot.Token == s.Projects[0].Bot.Token && p.Bot.Token != "" {
			return errors.New("two projects have " + p.Bot.Token)
		}
	}
	return nil
}

func (b *bot) Validate() error {
	if b.Token == "" && len(b.Chats) > 0 {
		return &config.SetupError{Bridge: "Telegram", Missing: "bot_token"}
	}
	if b.Token == "wrong" {
		return errors.New("the token wrong is wrong")
	}
	return nil
}

func inFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "projects.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProjectHasWhatTheFileSaysAndWhatIsEverybodys(t *testing.T) {
	secret := inFile(t, "from-a-file\n")
	path := inFile(t, fmt.Sprintf(`
projects:
  support:
    WELCOME_MESSAGE: "0123"
    telegram_bot_token_file: %s
    telegram: {chat_id: [-1001230000001, '-1001230000002:2'], }
  shop:
    welcomeMessage: $${not} a reference
    notifyOn: connect
    telegram:
      botToken: ${SHOP_TOKEN}
      chatId: 1300000000000000001
    discord: {messagesPer5s: 012}
  bare:
`, secret))
	cfg := site{InPlace: "kept"}
	err := config.Load(&cfg, env(map[string]string{
		config.FileVariable: path, "SHOP_TOKEN": "shop-token", "PUBLIC_URL": "https://chat.example", "NOTIFY_ON": "message",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Welcome != "" || cfg.Bot.Token != "" || cfg.Project != "" || len(cfg.Projects) != 3 {
		t.Errorf("the installation itself: %+v", cfg)
	}
	bare, shop, support := cfg.Projects[0], cfg.Projects[1], cfg.Projects[2]
	if bare.Project != "bare" || bare.Bot.Token != "" || bare.Notify != "message" || bare.Bot.Rate != 5 {
		t.Errorf("bare: %+v", bare)
	}
	if shop.Project != "shop" || shop.Bot.Token != "shop-token" || shop.Welcome != "${not} a reference" || shop.Notify != "connect" || shop.Bot.Rate != 12 ||
		!slices.Equal(shop.Bot.Chats, []string{"1300000000000000001"}) {
		t.Errorf("shop: %+v", shop)
	}
	if support.Project != "support" || support.Bot.Token != "from-a-file" || support.Welcome != "0123" ||
		!slices.Equal(support.Bot.Chats, []string{"-1001230000001", "-1001230000002:2"}) {
		t.Errorf("support: %+v", support)
	}
	for _, p := range cfg.Projects {
		if p.Public != "https://chat.example" || p.InPlace != "kept" || len(p.Projects) > 0 {
			t.Errorf("%s has not what all have: %+v", p.Project, p)
		}
	}
}

func TestWithoutAFileThereIsOneProjectFromTheEnvironment(t *testing.T) {
	var cfg site
	if err := config.Load(&cfg, env(map[string]string{"WELCOME_MESSAGE": "hello"})); err != nil || cfg.Welcome != "hello" || cfg.Projects != nil {
		t.Errorf("%+v, %v", cfg, err)
	}
}

func TestWhatIsWrongWithAFileIsNamed(t *testing.T) {
	variables := map[string]string{"SECRET": "canary-5f3a", "TELEGRAM_CHAT_ID": ""}
	for name, c := range map[string]struct{ file, want string }{
		"a slip in a key":               {"projects: {shop: {telegram: {botTokn: x}}}", "projects.shop.telegram.botTokn: found an unknown key, expected a setting of a project; the nearest is telegram.botToken"},
		"a slip in a group":             {"projects: {shop: {telgram: {chatId: 1}}}", "the nearest is telegram.chatId"},
		"a slip at the top":             {"project: {shop: {}}", "project: found an unknown key, expected only projects"},
		"no projects":                   {"projects: {}", "projects: found nothing"},
		"an empty file":                 {"", "the file is empty"},
		"projects in a list":            {"projects: [shop]", "projects: found nothing"},
		"a list":                        {"- projects", "not a mapping"},
		"a name that is none":           {"projects: {Shop: {}}", `projects."Shop": found a name that no project can have`},
		"a project that is a value":     {"projects: {shop: yes}", "projects.shop: found a value"},
		"what is everybody's":           {"projects: {shop: {publicUrl: 'https://x'}}", "projects.shop.publicUrl: found a setting of the whole installation, expected it in the environment, as PUBLIC_URL"},
		"a file of what is no secret":   {"projects: {shop: {welcomeMessageFile: x}}", "found an unknown key"},
		"one setting in two spellings":  {"projects: {shop: {TELEGRAM_CHAT_ID: 1, telegram: {chatId: 2}}}", "projects.shop.telegram.chatId: found what TELEGRAM_CHAT_ID says already"},
		"one key twice":                 {"projects: {shop: {notifyOn: message, notifyOn: connect}}", "twice"},
		"one project twice":             {"projects: {shop: {}, shop: {}}", "twice"},
		"a wrong value":                 {"projects: {shop: {notify_on: sometimes}}", `projects.shop.notify_on: found "sometimes", expected one of message, connect`},
		"a wrong value from outside":    {"projects: {shop: {notifyOn: '${SECRET}'}}", "projects.shop.notifyOn: found (hidden)"},
		"a variable that is not there":  {"projects: {shop: {notifyOn: '${NOWHERE}'}}", "projects.shop.notifyOn: found ${NOWHERE}, which is not set"},
		"a variable without a name":     {"projects: {shop: {notifyOn: '${a b}'}}", "found a ${ that names no variable"},
		"a comma within a list":         {"projects: {shop: {allowedOrigins: ['https://a,b']}}", "projects.shop.allowedOrigins: found a comma"},
		"a list of lists":               {"projects: {shop: {allowedOrigins: [[a]]}}", "a list holds values"},
		"a bridge without its token":    {"projects: {shop: {telegram: {chatId: 1}}}", "bot_token is required in project shop"},
		"what a validation says":        {"projects: {shop: {telegram: {botToken: wrong}}}", "project shop: the token (hidden) is (hidden)"},
		"what two may not share":        {"projects: {a: {telegram: {botToken: canary-5f3a}}, b: {telegram: {botToken: canary-5f3a}}}", "two projects have (hidden)"},
		"an anchor":                     {"projects: {shop: &a {}, support: *a}", "anchors, aliases and tags"},
		"a tag":                         {"projects: {shop: {notifyOn: !!binary aGk=}}", "anchors, aliases and tags"},
		"not YAML, with a secret in it": {"projects: {shop: {telegram: {botToken: canary-5f3a}", "not YAML: line"},
		"two documents":                 {"projects: {shop: {}}\n---\nprojects: {}", "more than one document"},
		"a key that is no name":         {"projects: {[a]: {}}", "a key must be a name"},
		"a key for the terminal":        {"projects: {shop: {\"a\\e[2J\": 1}}", `a\x1b[2J`},
	} {
		t.Run(name, func(t *testing.T) {
			lookup := func(name string) (string, bool) {
				if name == config.FileVariable {
					return inFile(t, c.file), true
				}
				value, ok := variables[name]
				return value, ok
			}
			err := config.Load(&site{}, lookup)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			text, known := config.Explain(err)
			if !known || strings.Contains(text, "5f3a") || strings.Contains(text, "\x1b") {
				t.Errorf("explained as %q", text)
			}
		})
	}
	err := config.Load(&site{}, env(map[string]string{config.FileVariable: filepath.Join(t.TempDir(), "none.yaml")}))
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestASettingThatAFileSilencesIsNamed(t *testing.T) {
	file := inFile(t, "projects: {shop: {telegram: {botToken: '${TELEGRAM_BOT_TOKEN}'}}}")
	variables := map[string]string{
		config.FileVariable: file, "TELEGRAM_BOT_TOKEN": "canary-5f3a", "WELCOME_MESSAGE": "canary-5f3a", "SLACK_BOT_TOKEN_FILE": "/x", "NOTIFY_ON": "connect",
	}
	err := config.Load(&site{}, env(variables))
	problems, _ := errors.AsType[config.Errors](err)
	var names []string
	for _, problem := range problems {
		names = append(names, problem.(*config.Error).Variable)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"SLACK_BOT_TOKEN_FILE", "WELCOME_MESSAGE"}) || strings.Contains(err.Error(), "5f3a") {
		t.Errorf("got %v: %v", names, err)
	}
}

// FuzzProjects reads any text as a file: no panic, an error with a text, and no project that has what another one was given.
func FuzzProjects(f *testing.F) {
	for _, seed := range []string{
		"", "projects:", "projects: {a: {}}", "projects: {a: {welcomeMessage: x}, b: {telegram: {chatId: [1, 2], botToken: t}}}", "a: &a [*a]", "{", "---\n---",
		"projects: {a: {WELCOME_MESSAGE: '${X}$${'}}", "projects: {a.b: {}}", "? [a]\n: b", "projects: {a: {telegram: {telegram: {botToken: x}}}}", "\x00", "\xff",
		strings.Repeat("[", 200), "projects: {a: 2001-01-01}", "projects: {a: {leftAfter: 1e309}}", "<<: {projects: {}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var cfg site
		err := config.Load(&cfg, env(map[string]string{config.FileVariable: inFile(t, text), "WELCOME_MESSAGE": ""}))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		if len(cfg.Projects) == 0 {
			t.Error("no projects and no error")
		}
		for _, p := range cfg.Projects {
			if _, err := id.ParseProject(string(p.Project)); err != nil {
				t.Error(err)
			}
			if p.Welcome != "" && !strings.Contains(text, string(p.Project)) {
				t.Errorf("project %q comes from nowhere", p.Project)
			}
		}
	})
}
