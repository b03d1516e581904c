package apikey

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestKeyOpensUntilItIsRevokedAndIsNowhereStored(t *testing.T) {
	b := bustest.New(t)
	notes := b.Notebook()
	k, token, err := Create(t.Context(), notes, "shop", id.Default, []Scope{Read}, noon)
	if err != nil || !Looks(token) {
		t.Fatal(token, err)
	}
	found, err := Find(t.Context(), notes, token)
	if err != nil || found.ID != k.ID || found.Name != "shop" || found.Project != id.Default || !found.May(Read) || found.May(Write) {
		t.Errorf("found %+v, %v", found, err)
	}
	all, err := notes.List(t.Context(), "")
	if err != nil || len(all) != 1 || strings.Contains(string(all[0].Value), token[len(token)-secretLength:]) {
		t.Errorf("%d notes, or one with the secret: %v", len(all), err)
	}
	if err := Revoke(t.Context(), notes, k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), notes, token); !errors.Is(err, ErrUnknown) {
		t.Errorf("a revoked key: %v", err)
	}
	if err := Revoke(t.Context(), notes, k.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked twice: %v", err)
	}
}

func TestAnotherSecretOfTheSameKeyOpensNothing(t *testing.T) {
	notes := bustest.New(t).Notebook()
	_, token, err := Create(t.Context(), notes, "a", "", []Scope{Read, Write}, noon)
	if err != nil {
		t.Fatal(err)
	}
	last := "0"
	if strings.HasSuffix(token, last) {
		last = "1"
	}
	for _, forged := range []string{token[:len(token)-1] + last, token[:len(token)-1], token + "0", "", "bhk_", "bhk_*_>", strings.ToUpper(token)} {
		if _, err := Find(t.Context(), notes, forged); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", forged, err)
		}
	}
}

func TestKeysAreListedByAgeWithTheirLastUse(t *testing.T) {
	notes := bustest.New(t).Notebook()
	younger, _, err := Create(t.Context(), notes, "younger", "", []Scope{Read}, noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	older, _, err := Create(t.Context(), notes, "older", "", []Scope{Write}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Duration{time.Hour, 3 * time.Hour, 2 * time.Hour} {
		if err := Used(t.Context(), notes, younger.ID, noon.Add(at)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := List(t.Context(), notes)
	if err != nil || len(list) != 2 || list[0].ID != older.ID || !list[0].LastUsed.IsZero() || !list[1].LastUsed.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestDescriptionOfANewKeyIsChecked(t *testing.T) {
	notes := bustest.New(t).Notebook()
	for _, name := range []string{"", " a", "a\n", strings.Repeat("x", 61)} {
		if _, _, err := Create(t.Context(), notes, name, "", []Scope{Read}, noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	for text, want := range map[string]int{"": 2, "read": 1, "write, read,read": 2, "admin": 0, ",": 0} {
		if got, err := ParseScopes(text); len(got) != want || (want == 0) != errors.Is(err, ErrInvalid) {
			t.Errorf("scopes %q: %v %v", text, got, err)
		}
	}
}

func FuzzLooks(f *testing.F) {
	for _, s := range []string{"", "bhk_", "bhk_aaaaaaaa_0123456789abcdefghijkl", "bhk_aaaaaaaa.0123456789abcdefghijkl", "bhk_aaaa*aaa_0123456789abcdefghijkl"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		keyID, ok := split(s)
		if ok && (len(keyID) != idLength || token(keyID, s[len(s)-secretLength:]) != s || strings.ContainsAny(s, "*>. ")) {
			t.Errorf("%q was taken for a key", s)
		}
	})
}
