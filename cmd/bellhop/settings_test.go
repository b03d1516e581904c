package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// TestEverySettingHasAScope compares the names that a file of several projects is read by with the tags of all services: a setting
// that is declared and not listed would be refused in a file, and it must be decided whether a project may share it.
func TestEverySettingHasAScope(t *testing.T) {
	declared := map[string]bool{} // whether it is a secret
	for _, all := range []any{upConfig{}, doctorConfig{}, dlqConfig{}, tailConfig{}, rebuildConfig{}, webhooks{}, runner.Settings{}} {
		declare(declared, reflect.TypeOf(all))
	}
	for variable, secret := range declared {
		switch scope := config.Scope(variable); {
		case scope == "":
			t.Errorf("%s is not listed in internal/runner/config: is it the installation's, shared, or a project's own?", variable)
		case secret && scope != "secret" && scope != "installation":
			t.Errorf("%s is a secret, and %s between projects", variable, scope)
		case !secret && scope == "secret":
			t.Errorf("%s is listed as a secret and is none", variable)
		}
	}
	for _, variable := range config.Variables() {
		if _, ok := declared[variable]; !ok {
			t.Errorf("%s is listed, and no service reads it", variable)
		}
	}
	if want := []string{"ADMIN_ADDR", "ALLOWED_ORIGINS", "API_KEY"}; !slices.Equal(config.Variables()[:3], want) {
		t.Errorf("the list begins with %v", config.Variables()[:3])
	}
}

// TestEverySecretComesFromAFile loads each configuration with every secret in a file, and looks whether it is there.
func TestEverySecretComesFromAFile(t *testing.T) {
	for _, all := range []any{&upConfig{}, &doctorConfig{}, &dlqConfig{}, &tailConfig{}, &rebuildConfig{}, &webhooks{}, &api{}} {
		secrets := map[string]string{}
		for variable := range secretsOf(reflect.ValueOf(all).Elem()) {
			secrets[variable+"_FILE"] = filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(secrets[variable+"_FILE"], []byte("what the file says of "+variable+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// Values that make no sense are told of: that does not matter here.
		_ = config.Load(all, func(name string) (string, bool) { value, ok := secrets[name]; return value, ok })
		for variable, value := range secretsOf(reflect.ValueOf(all).Elem()) {
			want := "what the file says of " + variable
			if value.Kind() == reflect.Slice && value.Len() == 1 { // a list with one entry
				value = value.Index(0)
			}
			if value.Kind() != reflect.String || value.String() != want {
				t.Errorf("%T: %s is %q, want %q", all, variable, value, want)
			}
		}
	}
}

// What is in a file counts for what a command decides before it has read its configuration, too.
func TestBusInAFileIsNotTakenForNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nats")
	if err := os.WriteFile(file, []byte("nats://127.0.0.1:4222"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadUp(func(name string) (string, bool) {
		if name == "NATS_URL_FILE" {
			return file, true
		}
		return "", false
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cfg.conn.Close() }()
	if cfg.bus != nil || cfg.Gateway.Upstream.NATSURL != "nats://127.0.0.1:4222" {
		t.Errorf("an embedded bus (%v), or another address: %q", cfg.bus != nil, cfg.Gateway.Upstream.NATSURL)
	}
}

// secretsOf are the fields of a configuration that are secret, by their variables.
func secretsOf(v reflect.Value) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if variable := field.Tag.Get("env"); variable != "" {
			if field.Tag.Get("secret") == "true" {
				found[variable] = v.Field(i)
			}
		} else if field.Type.Kind() == reflect.Struct {
			maps.Copy(found, secretsOf(v.Field(i)))
		}
	}
	return found
}

func declare(found map[string]bool, of reflect.Type) {
	for i := range of.NumField() {
		field := of.Field(i)
		if variable := field.Tag.Get("env"); variable != "" {
			found[variable] = found[variable] || field.Tag.Get("secret") == "true"
		} else if field.Type.Kind() == reflect.Struct {
			declare(found, field.Type)
		}
	}
}
