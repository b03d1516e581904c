package bus

import (
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// noteToken writes a key as the bucket has it: names encoded, dots between them.
func noteToken(key string) (string, error) {
	names := strings.Split(key, "/")
	for i, name := range names {
		if name == "" {
			return "", fmt.Errorf("note key %q has an empty name", key)
		}
		names[i] = id.Token(name)
	}
	return strings.Join(names, "."), nil
}

// noteKey is the inverse of noteToken.
func noteKey(token string) (string, error) {
	names := strings.Split(token, ".")
	for i, name := range names {
		var err error
		if names[i], err = id.Decode(name); err != nil {
			return "", err
		}
	}
	return strings.Join(names, "/"), nil
}
