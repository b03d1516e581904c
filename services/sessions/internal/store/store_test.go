package store

import (
	"errors"
	"math"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCursorComesBackFromItsToken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cursor{rapid.Int64().Draw(t, "ms"), id.Session(rapid.StringN(1, 40, -1).Draw(t, "session"))}
		if got, err := ParseCursor(c.Token()); err != nil || got != c {
			t.Fatalf("%+v became %+v, %v", c, got, err)
		}
	})
}

func TestLimitsAreOneToAHundred(t *testing.T) {
	for limit, fits := range map[int]bool{math.MinInt: false, 0: false, 1: true, 100: true, 101: false, math.MaxInt: false} {
		if err := CheckLimit(limit); (err == nil) != fits || err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	for _, token := range []string{"", "Og", "MTphAA==", Cursor{1, "a"}.Token(), Cursor{-5, "ü:*"}.Token(), "MDE6YQ", "MTr_"} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, err := ParseCursor(token)
		if err == nil && c.Token() != token {
			t.Fatalf("%q has a second spelling %q", token, c.Token())
		}
		if err != nil && !errors.Is(err, ErrToken) {
			t.Fatal(err)
		}
	})
}
