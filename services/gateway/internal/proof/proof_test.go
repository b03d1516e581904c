package proof

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func TestHashProvesItsIdentityAndOnlyThat(t *testing.T) {
	good := hex.EncodeToString(mac(secret, "ada"))
	for name, c := range map[string]struct {
		hash string
		want error
	}{
		"good":                 {good, nil},
		"of the secret before": {hex.EncodeToString(mac(former, "ada")), nil},
		"in capitals":          {strings.ToUpper(good), nil},
		"none":                 {"", ErrMissing},
		"another's":            {hex.EncodeToString(mac(secret, "eve")), ErrWrong},
		"of another secret":    {hex.EncodeToString(mac("x", "ada")), ErrWrong},
		"one digit off":        {good[:63] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", good[63])+1)%16]), ErrWrong},
		"truncated":            {good[:62], ErrMalformed},
		"too long":             {good + "00", ErrMalformed},
		"no hex":               {strings.Repeat("x", 64), ErrMalformed},
		"bytes":                {string(mac(secret, "ada")), ErrMalformed},
	} {
		if err := site.Check("ada", Proof{Hash: c.hash}); !errors.Is(err, c.want) {
			t.Errorf("%s: answered %v, want %v", name, err, c.want)
		}
	}
	if err := site.Check("ada", Proof{Token: "x", Hash: good}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a hash stands in for a bad token: %v", err)
	}
}

func TestSiteWithoutSecretsHasNoVerifier(t *testing.T) {
	if New(Config{}) != nil {
		t.Error("it has one")
	}
}

func TestSecretsAreCheckedAndNeverRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		names string
	}{
		"none":             {"", ""},
		"one":              {secret, ""},
		"two":              {secret + ", " + former, ""},
		"short":            {"hunter2hunter2", "at least 32 bytes"},
		"one of two short": {secret + ",hunter2", "at least 32 bytes"},
		"three":            {secret + "," + former + "," + secret, "one, or two"},
		"commas":           {",,", "one secret, or two"},
	} {
		var cfg Config
		err := config.Load(&cfg, func(variable string) (string, bool) {
			return map[string]string{"IDENTITY_SECRET": c.value}[variable], true
		})
		text, _ := config.Explain(err)
		if (err == nil) != (c.names == "") || !strings.Contains(text, c.names) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(text, "hunter2") || strings.Contains(text, secret) || !strings.Contains(text, "IDENTITY_SECRET") || !strings.Contains(text, "openssl rand")) {
			t.Errorf("%s is explained with\n%s", name, text)
		}
	}
}
