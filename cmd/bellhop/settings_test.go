package main

import (
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
