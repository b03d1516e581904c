package config_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// FuzzValues reads one text as every type: no panic, no value that breaks what its type promises, no secret in an error.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{
		"", "true", "0", "-1", "1e309", "NaN", "90d", "1.5d", "1d12h", "-1d", "106751d23h47m16s854ms775us807ns", "106751d24h", "d", "1dd",
		"a,b", ",", "10.0.0.0/8", "::ffff:1.2.3.4/100", "::/0", "fe80::1%x", "https://a", "nats://u:p@h:4222", "http://[::1", "\x00", "\xff\xfe", "safe",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var cfg everything
		variables := map[string]string{
			"FLAG": raw, "COUNT": raw, "BIG": raw, "RATIO": raw, "WAIT": raw, "LIST": raw, "RANGES": raw, "PUBLIC": raw, "MODE": raw,
		}
		if err := config.Load(&cfg, env(variables)); err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
		if math.IsNaN(cfg.Ratio) || cfg.Mode != "safe" && cfg.Mode != "relaxed" && cfg.Mode != "" {
			t.Errorf("got %+v", cfg)
		}
		for _, item := range cfg.List {
			if item == "" || strings.TrimSpace(item) != item || strings.Contains(item, ",") {
				t.Errorf("item %q", item)
			}
		}
		for _, prefix := range cfg.Ranges {
			if !prefix.IsValid() || prefix != prefix.Masked() || prefix.Addr().Is4In6() {
				t.Errorf("prefix %v", prefix)
			}
		}
		var secret struct {
			Wait time.Duration `env:"WAIT" secret:"true"`
		}
		if err := config.Load(&secret, env(map[string]string{"WAIT": raw})); err != nil && len(raw) > 12 && strings.Contains(err.Error(), raw) {
			t.Errorf("leaked: %v", err)
		}
	})
}

func TestDurationsBeyondHours(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		"90d": 90 * 24 * time.Hour, "1.5d": 36 * time.Hour, "-1d12h": -36 * time.Hour, "0": 0, "0d": 0, "250ms": 250 * time.Millisecond,
		"106751d23h47m16.854775807s": math.MaxInt64,
	} {
		var cfg everything
		if err := config.Load(&cfg, env(map[string]string{"WAIT": raw})); err != nil || !reflect.DeepEqual(cfg.Wait, want) {
			t.Errorf("%s: got %v, %v", raw, cfg.Wait, err)
		}
	}
}
