package channels

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAddressIsReadAsTheGemReadsIt(t *testing.T) {
	for address, want := range map[string][4]string{
		"http://KEY:SECRET@api.pusherapp.com/apps/ID":           {"ID", "KEY", "SECRET", "http://api.pusherapp.com"},
		"https://KEY:SECRET@localhost:8080/apps/7/":             {"7", "KEY", "SECRET", "https://localhost:8080"},
		"https://k%2F:s%3A%40@[::1]:8080/a/apps/b/apps/shop%2F": {"", "", "", ""},
		"https://k%2F:s%3A%40@[::1]:8080/a/apps/b/apps/shop":    {"shop", "k/", "s:@", "https://[::1]:8080/a/apps/b"},
		"https://KEY:SECRET@h/apps/ID?cluster=eu":               {"ID", "KEY", "SECRET", "https://h"},
		"":                                  {},
		"KEY:SECRET@h/apps/ID":              {},
		"ftp://KEY:SECRET@h/apps/ID":        {},
		"https://h/apps/ID":                 {},
		"https://KEY@h/apps/ID":             {},
		"https://KEY:@h/apps/ID":            {},
		"https://:SECRET@h/apps/ID":         {},
		"https://KEY:SECRET@h/ID":           {},
		"https://KEY:SECRET@h/apps/":        {},
		"https://KEY:SECRET@h/apps/ID/x":    {},
		"https://KEY:SECRET@/apps/ID":       {},
		"https://KEY:SECRET@h:port/apps/ID": {},
		"https://K%3AY:SECRET@h/apps/ID":    {},
	} {
		o, err := ParseURL(address)
		if got := [4]string{o.AppID, o.Key, o.Secret, o.URL}; got != want || (err == nil) != (want[0] != "") {
			t.Errorf("%s is %q, %v", address, got, err)
		}
		c, err := FromURL(address)
		if (c != nil) != (want[0] != "") || err != nil && strings.Contains(err.Error(), "SECRET@h") {
			t.Errorf("%s: %v, %v", address, c, err)
		}
	}
}

func TestSchemeIsHTTPSUnlessSaid(t *testing.T) {
	for given, want := range map[string]string{
		"chat.example.com":                "https://chat.example.com",
		"chat.example.com:8443/chat/":     "https://chat.example.com:8443/chat",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"https://chat.example.com/":       "https://chat.example.com",
		"https://chat.example.com:/chat":  "https://chat.example.com/chat",
		"":                                "",
		"https://user:secret@example.com": "",
		"ftp://example.com":               "",
		"https://example.com/?x":          "",
		"https://example.com/%zz":         "",
	} {
		c, err := New(Options{AppID: "1", Key: "k", Secret: "s", URL: given})
		if (err == nil) != (want != "") || err == nil && c.base.String() != want || err != nil && strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q: %v, %v", given, c, err)
		}
	}
}

func TestOptionsThatCannotBeRightMakeNoClient(t *testing.T) {
	good := Options{AppID: "1", Key: "k", Secret: "very-secret", URL: "https://chat.invalid"}
	for name, change := range map[string]func(*Options){
		"no app":          func(o *Options) { o.AppID = "" },
		"app":             func(o *Options) { o.AppID = "a b" },
		"no key":          func(o *Options) { o.Key = "" },
		"key":             func(o *Options) { o.Key = "a:b" },
		"no secret":       func(o *Options) { o.Secret = "" },
		"extra token":     func(o *Options) { o.ExtraTokens = []Token{{"k", ""}} },
		"timeout":         func(o *Options) { o.Timeout = -time.Second },
		"tolerance":       func(o *Options) { o.WebhookTolerance = -1 },
		"proxy":           func(o *Options) { o.Proxy = "user:very-secret@proxy" },
		"proxy, no port":  func(o *Options) { o.Proxy = "http://user:very-secret@proxy:x" },
		"proxy and other": func(o *Options) { o.Proxy, o.HTTPClient = "http://proxy", new(http.Client) },
		"short key":       func(o *Options) { o.EncryptionMasterKey = []byte("very-secret") },
		"base64":          func(o *Options) { o.EncryptionMasterKeyBase64 = "very-secret!" },
		"short base64":    func(o *Options) { o.EncryptionMasterKeyBase64 = "AAAA" },
		"two keys": func(o *Options) {
			o.EncryptionMasterKey = []byte(testMaster)
			o.EncryptionMasterKeyBase64 = base64.StdEncoding.EncodeToString([]byte(testMaster))
		},
	} {
		o := good
		change(&o)
		if c, err := New(o); c != nil || err == nil || strings.Contains(err.Error(), "very-secret") {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	good.EncryptionMasterKey = []byte{} // what an environment variable that is not set becomes
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

func FuzzParseURL(f *testing.F) {
	for _, seed := range []string{"https://KEY:SECRET@h:1/a/apps/ID?x", "http://k:s@[::1]/apps/%2F", "https://k:s@h//apps//apps/1", "x", "https://k:s@h/%zz/apps/1", "https://k:s@h/ü/apps/1#f", "http://k:s@h:/apps/1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		o, err := ParseURL(address)
		if err != nil {
			if o.AppID != "" || o.Secret != "" || err.Error() != errFromURL.Error() {
				t.Errorf("%q: %+v, %v", address, o, err)
			}
			return
		}
		c, err := New(o)
		if err != nil {
			t.Fatalf("%q was read, and makes no client: %v", address, err)
		}
		req, err := c.sign(t.Context(), request{method: http.MethodGet, path: "/channels"})
		if err != nil {
			t.Fatalf("%q makes a client that can ask nothing: %v", address, err)
		}
		if o.AppID == "" || o.Key == "" || o.Secret == "" || req.URL.Host != c.base.Host || !strings.HasSuffix(req.URL.Path, "/apps/"+o.AppID+"/channels") {
			t.Errorf("%q asks %s", address, req.URL.Path)
		}
	})
}
