package channels

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/nacl/secretbox"
)

const (
	testMaster = "0123456789abcdef0123456789abcdef"
	// testShared is SHA-256("private-encrypted-foobar" + testMaster) as another program computed it.
	testShared = "/fXNISfW5oYPsxk0w2Unhmf4ryxyOUewExp5ih8r70k="
	testSocket = "1234.1234"
)

func TestSubscriptionsAreSignedAsPublished(t *testing.T) {
	c := offline(t)
	a, err := c.Authenticate(testSocket, "private-foobar")
	if want := (Auth{Auth: testKey + ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"}); a != want || err != nil {
		t.Errorf("private: %+v, %v", a, err)
	}
	u, err := c.AuthenticateUser(testSocket, User{ID: "12345"})
	if want := (UserAuth{testKey + ":4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba", `{"id":"12345"}`}); u != want || err != nil {
		t.Errorf("sign-in: %+v, %v", u, err)
	}
}

func TestPresenceIsSignedOverWhatTravels(t *testing.T) {
	c := offline(t)
	a, err := c.AuthenticatePresence(testSocket, "presence-foobar", Member{UserID: "10", UserInfo: map[string]string{"name": "Mr. <Channels>"}})
	const data = `{"user_id":"10","user_info":{"name":"Mr. <Channels>"}}`
	if want := (Auth{Auth: testKey + ":" + mac("1234.1234:presence-foobar:"+data), ChannelData: data}); a != want || err != nil {
		t.Errorf("got %+v, %v", a, err)
	}
	if a, err = c.AuthenticatePresence(testSocket, "presence-cache-x", Member{UserID: "ü b"}); a.ChannelData != `{"user_id":"ü b"}` || err != nil {
		t.Errorf("got %+v, %v", a, err)
	}
	// Who has signed in joins without data.
	if a, err = c.Authenticate(testSocket, "presence-foobar"); a != (Auth{Auth: testKey + ":" + mac("1234.1234:presence-foobar")}) || err != nil {
		t.Errorf("got %+v, %v", a, err)
	}
	u, err := c.AuthenticateUser(testSocket, User{ID: "a", UserInfo: []int{1}, Watchlist: []string{"b"}})
	if u.UserData != `{"id":"a","user_info":[1],"watchlist":["b"]}` || u.Auth != testKey+":"+mac("1234.1234::user::"+u.UserData) || err != nil {
		t.Errorf("got %+v, %v", u, err)
	}
}

func TestWhatCannotBeSignedIsNot(t *testing.T) {
	c := client(t, Options{URL: "https://chat.invalid"})
	for name, tc := range map[string]struct {
		want            error
		socket, channel string
		member          *Member
	}{
		"no socket":        {ErrSocketID, "", "private-a", nil},
		"socket":           {ErrSocketID, "1.2:private-b", "private-a", nil},
		"socket, newline":  {ErrSocketID, "1.2\n", "private-a", nil},
		"socket, no digit": {ErrSocketID, "1.٣", "private-a", nil},
		"public":           {ErrChannelName, "1.2", "a", nil},
		"private inside":   {ErrChannelName, "1.2", "my-private-a", nil},
		"user's own":       {ErrChannelName, "1.2", "#server-to-user-1", nil},
		"colon":            {ErrChannelName, "1.2", "private-a:b", nil},
		"encrypted":        {ErrNoMasterKey, "1.2", "private-encrypted-a", nil},
		"no presence":      {ErrChannelName, "1.2", "private-a", &Member{UserID: "u"}},
		"nobody":           {ErrUserID, "1.2", "presence-a", &Member{}},
		"long user":        {ErrUserID, "1.2", "presence-a", &Member{UserID: strings.Repeat("ü", 129)}},
		"info":             {ErrData, "1.2", "presence-a", &Member{UserID: "u", UserInfo: func() {}}},
	} {
		var a Auth
		var err error
		if tc.member == nil {
			a, err = c.Authenticate(tc.socket, tc.channel)
		} else {
			a, err = c.AuthenticatePresence(tc.socket, tc.channel, *tc.member)
		}
		if !errors.Is(err, tc.want) || a != (Auth{}) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, u := range []User{{}, {ID: "a b"}, {ID: strings.Repeat("a", 129)}} {
		if got, err := c.AuthenticateUser("1.2", u); !errors.Is(err, ErrUserID) || got != (UserAuth{}) {
			t.Errorf("%+v: %+v, %v", u, got, err)
		}
	}
	if _, err := c.AuthenticateUser("12", User{ID: "u"}); !errors.Is(err, ErrSocketID) {
		t.Error(err)
	}
	if _, err := c.AuthenticateUser("1.2", User{ID: "u", UserInfo: func() {}}); !errors.Is(err, ErrData) {
		t.Error(err)
	}
}

func TestEncryptedChannelGivesItsKeyAndSealsWithIt(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	c := f.client(Options{EncryptionMasterKeyBase64: base64.StdEncoding.EncodeToString([]byte(testMaster))})
	const channel = "private-encrypted-foobar"
	a, err := c.Authenticate(testSocket, channel)
	if want := (Auth{Auth: testKey + ":" + mac(testSocket+":"+channel), SharedSecret: testShared}); a != want || err != nil {
		t.Fatalf("got %+v, %v", a, err)
	}
	var nonces [2]string
	for i := range nonces {
		if _, err := c.Trigger(t.Context(), []string{channel}, "e", map[string]int{"a": 1}); err != nil {
			t.Fatal(err)
		}
		var box struct{ Nonce, Ciphertext string }
		if err := json.Unmarshal([]byte(f.last().sent(t)["data"].(string)), &box); err != nil {
			t.Fatal(err)
		}
		nonces[i] = box.Nonce
		if got := unbox(t, box.Nonce, box.Ciphertext); got != `{"a":1}` {
			t.Errorf("inside is %q", got)
		}
	}
	if nonces[0] == nonces[1] {
		t.Error("two events have one nonce")
	}
}

// unbox opens with the key that the page was given.
func unbox(t *testing.T, parts ...string) string {
	t.Helper()
	var raw [3][]byte
	for i, part := range append(parts, testShared) {
		var err error
		if raw[i], err = base64.StdEncoding.DecodeString(part); err != nil {
			t.Fatal(err)
		}
	}
	opened, ok := secretbox.Open(nil, raw[1], (*[24]byte)(raw[0]), (*[32]byte)(raw[2]))
	if !ok {
		t.Fatal("it can't be opened")
	}
	return string(opened)
}

func FuzzOpen(f *testing.F) {
	c := offline(f)
	const channel = "private-encrypted-foobar"
	good, err := c.seal(channel, "hello")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{good, `{"nonce":"AAAA","ciphertext":""}`, `{"nonce":"` + strings.Repeat("A", 32) + `","ciphertext":"AAAA"}`, "null", ""} {
		f.Add(seed, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, data string, plain []byte) {
		if opened, err := c.open(channel, data); err == nil && opened != "hello" {
			t.Errorf("%q is %q", data, opened)
		}
		box, err := c.seal(channel, string(plain))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := c.open(channel, box)
		if err != nil || !bytes.Equal([]byte(opened), plain) {
			t.Errorf("%q comes back as %q, %v", plain, opened, err)
		}
		if _, err := c.open(channel+"2", box); err == nil {
			t.Error("another channel's key opens it")
		}
	})
}
