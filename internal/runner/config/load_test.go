package config_test

import (
	"errors"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// env is a Lookup over a map.
func env(variables map[string]string) config.Lookup {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

type mode string

type store struct {
	Keep time.Duration `env:"RETENTION" default:"90d"`
}

type everything struct {
	Text   string         `env:"TEXT"`
	Flag   bool           `env:"FLAG"`
	Count  int            `env:"COUNT"`
	Big    int64          `env:"BIG"`
	Ratio  float64        `env:"RATIO"`
	Wait   time.Duration  `env:"WAIT"`
	List   []string       `env:"LIST"`
	Ranges []netip.Prefix `env:"RANGES"`
	Public *url.URL       `env:"PUBLIC"`
	Mode   mode           `env:"MODE" default:"safe" oneof:"safe,relaxed"`
	Token  string         `env:"TOKEN" secret:"true"`
	Tokens []string       `env:"TOKENS" secret:"true"`
	store
	Inner struct {
		Deep int `env:"DEEP" default:"7"`
	}
	Untouched *url.URL
}

func TestEachTypeIsReadFromItsVariable(t *testing.T) {
	var got everything
	err := config.Load(&got, env(map[string]string{
		"TEXT": " as it is ", "FLAG": "1", "COUNT": "-3", "BIG": "9007199254740993", "RATIO": "0.25", "WAIT": "1d12h",
		"LIST": " a, b ,,c", "RANGES": "10.1.2.3/8, ::1,192.0.2.7,::ffff:198.51.100.0/120", "PUBLIC": "https://chat.example.com/x",
		"TOKEN": "t0ken", "TOKENS": "one,two", "DEEP": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := everything{
		Text: " as it is ", Flag: true, Count: -3, Big: 9007199254740993, Ratio: 0.25, Wait: 36 * time.Hour,
		List: []string{"a", "b", "c"}, Mode: "safe", Token: "t0ken", Tokens: []string{"one", "two"},
		store: store{Keep: 90 * 24 * time.Hour},
		Ranges: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128"),
			netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("198.51.100.0/24"),
		},
		Public: &url.URL{Scheme: "https", Host: "chat.example.com", Path: "/x"},
	}
	want.Inner.Deep = 7
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWrongValueIsReportedWithWhatWasFoundAndWhatIsExpected(t *testing.T) {
	for variable, values := range map[string][]string{
		"FLAG":   {"yes", "TRUE", "on", "2", " true"},
		"COUNT":  {"1.0", "1_000", "0x10", "9223372036854775808", "ten"},
		"BIG":    {"9223372036854775808"},
		"RATIO":  {"NaN", "Inf", "-inf", "1e309", "half"},
		"WAIT":   {"30", "d", "1d-5h", "--1d", "1h2d", "9999999999d", "106752d", "1d1d", ".d", "+1d"},
		"LIST":   {",", " , "},
		"RANGES": {"10.0.0.0/33", "localhost", "::ffff:0.0.0.0/64", "fe80::1%eth0", "10.0.0.1,x", ","},
		"PUBLIC": {"example.com", "/path", "https://", "http://[::1", ":"},
		"MODE":   {"Safe", "fast"},
	} {
		for _, value := range values {
			t.Run(variable+"="+value, func(t *testing.T) {
				var cfg everything
				err := config.Load(&cfg, env(map[string]string{variable: value}))
				problem, ok := errors.AsType[*config.Error](err)
				if !ok {
					t.Fatalf("want *config.Error, got %v", err)
				}
				if problem.Variable != variable || !strings.Contains(problem.Found, value) || problem.Expected == "" {
					t.Errorf("got %+v", problem)
				}
			})
		}
	}
}

func TestUnsetKeepsThePresetElseTakesTheDefault(t *testing.T) {
	cfg := everything{Text: "preset", Mode: "relaxed"}
	if err := config.Load(&cfg, env(map[string]string{"TEXT": "", "RETENTION": ""})); err != nil {
		t.Fatal(err)
	}
	if cfg.Text != "preset" || cfg.Mode != "relaxed" || cfg.Keep != 90*24*time.Hour {
		t.Errorf("got %+v", cfg)
	}
	if err := config.Load(&cfg, env(map[string]string{"TEXT": "set"})); err != nil || cfg.Text != "set" {
		t.Errorf("a variable that is set wins: got %q, %v", cfg.Text, err)
	}
}

func TestAllProblemsAreReportedTogetherAndOnce(t *testing.T) {
	type part struct {
		Token string `env:"TOKEN" required:"true" secret:"true" expect:"a bot token" where:"ask @BotFather"`
	}
	var cfg struct {
		A, B part
		Mode mode `env:"MODE" oneof:"safe,relaxed"`
		Port int  `env:"PORT" required:"true"`
	}
	err := config.Load(&cfg, env(map[string]string{"MODE": "fast", "PORT": ""}))
	problems, ok := errors.AsType[config.Errors](err)
	if !ok || len(problems) != 3 {
		t.Fatalf("want three problems, got %v", err)
	}
	const want = `configuration: TOKEN: found nothing, expected a bot token (ask @BotFather); ` +
		`MODE: found "fast", expected one of safe, relaxed; PORT: found nothing, expected a whole number`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

type checked struct {
	Low   int `env:"LOW"`
	High  int `env:"HIGH"`
	Calls *int
}

func (c checked) Validate() error {
	*c.Calls++
	if c.Low > c.High {
		return errors.Join(
			&config.Error{Variable: "LOW", Found: "more than HIGH", Expected: "no more than HIGH"},
			errors.New("low and high are swapped"),
		)
	}
	return nil
}

func TestEachStructIsValidatedOnceItsVariablesCouldBeRead(t *testing.T) {
	tests := map[string]struct {
		low             string
		calls, problems int
	}{
		"good":     {low: "1", calls: 1},
		"refused":  {low: "9", calls: 1, problems: 2},
		"unparsed": {low: "x", calls: 0, problems: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			calls := 0
			cfg := struct{ Inner checked }{checked{Calls: &calls}}
			err := config.Load(&cfg, env(map[string]string{"LOW": test.low, "HIGH": "5"}))
			problems, _ := errors.AsType[config.Errors](err)
			if calls != test.calls || len(problems) != test.problems {
				t.Errorf("calls %d, problems %q", calls, problems)
			}
		})
	}
}

func TestStructThatCannotBeLoadedIsNotAConfigurationError(t *testing.T) {
	for name, dst := range map[string]any{
		"not a pointer": everything{},
		"nil":           (*everything)(nil),
		"type": &struct {
			M map[string]string `env:"M"`
		}{},
		"unexported": &struct {
			m string `env:"M"`
		}{},
	} {
		err := config.Load(dst, env(nil))
		if err == nil {
			t.Errorf("%s: want an error", name)
		}
		if _, isConfiguration := config.Explain(err); isConfiguration {
			t.Errorf("%s: the operator can't mend %v", name, err)
		}
	}
}

func TestSecretIsReadFromTheFileThatItsVariableNames(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]struct {
		variables map[string]string
		want      string
		problem   string
	}{
		"one newline goes": {variables: map[string]string{"TOKEN_FILE": file("lf", "s3cret\n\n")}, want: "s3cret\n"},
		"CRLF goes":        {variables: map[string]string{"TOKEN_FILE": file("crlf", "s3cret\r\n")}, want: "s3cret"},
		"no newline":       {variables: map[string]string{"TOKEN_FILE": file("plain", "s3cret")}, want: "s3cret"},
		"empty name":       {variables: map[string]string{"TOKEN_FILE": "", "TOKEN": "direct"}, want: "direct"},
		"both":             {variables: map[string]string{"TOKEN_FILE": file("both", "s3cret"), "TOKEN": "direct"}, problem: "only one of the two"},
		"missing file":     {variables: map[string]string{"TOKEN_FILE": filepath.Join(dir, "none")}, problem: "no such file"},
		"empty file":       {variables: map[string]string{"TOKEN_FILE": file("empty", "\n")}, problem: "the file is empty"},
		"too long":         {variables: map[string]string{"TOKEN_FILE": file("long", strings.Repeat("x", 65<<10))}, problem: "longer than 64 KiB"},
		"a directory":      {variables: map[string]string{"TOKEN_FILE": dir}, problem: "is a directory"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var cfg everything
			err := config.Load(&cfg, env(test.variables))
			if test.problem == "" && (err != nil || cfg.Token != test.want) {
				t.Errorf("got %q, %v", cfg.Token, err)
			}
			if test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem) || !strings.HasPrefix(err.Error(), "configuration: TOKEN_FILE: ")) {
				t.Errorf("want %q about TOKEN_FILE, got %v", test.problem, err)
			}
		})
	}
	var plain struct {
		Mode string `env:"MODE"`
	}
	if err := config.Load(&plain, env(map[string]string{"MODE_FILE": file("mode", "x")})); err != nil || plain.Mode != "" {
		t.Errorf("only a secret comes from a file: got %q, %v", plain.Mode, err)
	}
}

func TestNilLookupReadsTheProcessEnvironment(t *testing.T) {
	t.Setenv("DEEP", "11")
	var cfg everything
	if err := config.Load(&cfg, nil); err != nil || cfg.Inner.Deep != 11 {
		t.Errorf("got %d, %v", cfg.Inner.Deep, err)
	}
}

func TestVariablesOfOneStructAreIndependent(t *testing.T) {
	variables := map[string]string{"COUNT": "x", "BIG": "y", "RATIO": "z"}
	err := config.Load(&everything{}, env(variables))
	problems, _ := errors.AsType[config.Errors](err)
	var names []string
	for _, problem := range problems {
		names = append(names, problem.(*config.Error).Variable)
	}
	slices.Sort(names)
	if want := slices.Sorted(maps.Keys(variables)); !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}
