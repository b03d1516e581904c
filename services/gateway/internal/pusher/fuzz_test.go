package pusher

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "orders", "private-encrypted-cache-x", "#server-to-user-", "#server-to-user-1", "#x", "a b", strings.Repeat("x", 165), "presence-\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		k := kindOf(name)
		if checkName(name) != nil {
			return
		}
		if len(name) > maxName || !utf8.ValidString(name) || strings.ContainsAny(name, " */\\\"\n\x00>") || strings.HasPrefix(name, "#") != k.user {
			t.Errorf("%q is a name", name)
		}
	})
}

func FuzzUsers(f *testing.F) {
	for _, s := range []string{`{"id":"1"}`, `{"id":"1","user_info":{"a":1},"watchlist":["2"]}`, `{"user_id":10}`, `{"user_id":1e400}`, `{"user_id":"x","user_info":null}`, `[`, ``} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		if u, problem := readUser(data); problem == "" && (u.id == "" || checkName(userPrefix+u.id) != nil || u.info != nil && !json.Valid(u.info)) {
			t.Errorf("%q is user %+v", data, u)
		}
		c := &conn{server: &Server{Options: Options{Config: Config{MaxUserBytes: 1024}}}}
		if m, refused := c.member(&data); refused == nil && (m.user == "" || !json.Valid(infoOf(m.info)) || !utf8.ValidString(m.user) && utf8.ValidString(data)) {
			t.Errorf("%q is member %+v", data, m)
		}
	})
}

// Whatever stands on the bus, a client is sent JSON whose event is a text and not one of the server's own.
func FuzzEvents(f *testing.F) {
	for _, s := range []string{`{"name":"x","data":"y"}`, `{"name":"pusher_internal:x","data":"y"}`, `{"name":"x","data":{"a":1},"userId":"u","socketId":"1.1","client":true}`, `{"data":1}`, `{`, ``, "{\"name\":\"x\",\"data\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		_, data := read("orders", payload)
		if data == nil {
			return
		}
		var sent struct {
			Event   string
			Channel string
		}
		if err := json.Unmarshal(data, &sent); err != nil || !utf8.Valid(data) || sent.Event == "" || sent.Channel != "orders" || strings.HasPrefix(sent.Event, reservedInternal) {
			t.Errorf("%q is sent as %s: %v", payload, data, err)
		}
	})
}

func FuzzQueries(f *testing.F) {
	for _, s := range []string{"auth_key=k&a[]=1&a[]=2", "a=%zz", "&&=;=&a", "a=b+c%2B", "a[0]=1&a%5B1%5D=2&a=[&]=3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		p := paramsOf(query)
		for _, reading := range p.readings() {
			if len(reading.meant) != len(p) || len(reading.signed) > len(p) {
				t.Errorf("%q: %d of %d", query, len(reading.meant), len(p))
			}
		}
	})
}
