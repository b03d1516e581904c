package pusher

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

func TestRequestsThatAreNotTheAppsAreRefused(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	body := `{"name":"x","data":"y","channel":"z"}`
	now := time.Now().Unix()
	sign := func(method, path, query string) string {
		var params []signature.Param
		for _, p := range paramsOf(query) {
			params = append(params, signature.Param{Key: p.Key, Value: unescaped(p.Value)})
		}
		return path + "?" + query + "&auth_signature=" + signature.Request(appSecret, method, path, params)
	}
	query := func(key string, at int64, version, rest string) string {
		return fmt.Sprintf("auth_key=%s&auth_timestamp=%d&auth_version=%s%s", key, at, version, rest)
	}
	md5 := "&body_md5=" + signature.BodyMD5([]byte(body))
	events := "/apps/3/events"
	for what, path := range map[string]string{
		"no query":         events,
		"no key":           sign("POST", events, fmt.Sprintf("auth_timestamp=%d&auth_version=1.0%s", now, md5)),
		"another key":      sign("POST", events, query("other", now, "1.0", md5)),
		"another version":  sign("POST", events, query(appKey, now, "2.0", md5)),
		"too old":          sign("POST", events, query(appKey, now-601, "1.0", md5)),
		"too new":          sign("POST", events, query(appKey, now+660, "1.0", md5)),
		"no time":          sign("POST", events, "auth_key="+appKey+"&auth_timestamp=soon&auth_version=1.0"+md5),
		"no digest":        sign("POST", events, query(appKey, now, "1.0", "")),
		"another digest":   sign("POST", events, query(appKey, now, "1.0", "&body_md5="+strings.Repeat("0", 32))),
		"another method":   sign("GET", events, query(appKey, now, "1.0", md5)),
		"another path":     strings.Replace(sign("POST", "/apps/3/batch_events", query(appKey, now, "1.0", md5)), "batch_events", "events", 1),
		"another value":    sign("POST", events, query(appKey, now, "1.0", md5+"&a=b")) + "&c=d",
		"half a signature": sign("POST", events, query(appKey, now, "1.0", md5))[:200],
	} {
		if status, answer := g.raw("POST", path, body); status != 401 || strings.Contains(answer, appSecret) {
			t.Errorf("%s: %d %s", what, status, answer)
		}
	}
	if status, answer := g.raw("POST", sign("POST", "/apps/4/events", query(appKey, now, "1.0", md5)), body); status != 404 {
		t.Errorf("another app: %d %s", status, answer)
	}
	if status, answer := g.raw("POST", sign("POST", events, query(appKey, now, "1.0", md5))+"0", body); status != 401 || !strings.Contains(answer, `POST\\n/apps/3/events\\nauth_key=`) {
		t.Errorf("a wrong signature: %d %s", status, answer)
	}
	// Every library's way of writing the same.
	for _, rest := range []string{
		"&info=user_count,subscription_count&filter_by_prefix=presence-a;b@c", "&info=user_count%2Csubscription_count&filter_by_prefix=presence-",
		"&body_md5=d41d8cd98f00b204e9800998ecf8427e", "&x=a+b", "&x=a%20b", "&x[]=1&x[]=2", "&x%5B%5D=1", "&unknown=",
	} {
		if status, answer := g.raw("GET", sign("GET", "/apps/3/channels", query(appKey, now, "1.0", rest)), ""); status != 200 || answer != `{"channels":{}}` {
			t.Errorf("%s: %d %s", rest, status, answer)
		}
	}
}

func TestPathMayHaveAPrefixInTheRequestAndInWhatIsSigned(t *testing.T) {
	t.Parallel()
	config := all
	config.PathPrefix = "/push/here"
	g := newApp(t, config).gateway()
	query := fmt.Sprintf("auth_key=%s&auth_timestamp=%d&auth_version=1.0", appKey, time.Now().Unix())
	for _, sent := range []string{"", "/push/here"} {
		for signed, want := range map[string]int{"": 200, "/push/here": 200, "/push": 401} {
			digest := signature.Request(appSecret, "GET", signed+"/apps/3/channels", paramsOf(query))
			if status, answer := g.raw("GET", sent+"/apps/3/channels?"+query+"&auth_signature="+digest, ""); status != want {
				t.Errorf("sent with %q, signed with %q: %d %s", sent, signed, status, answer)
			}
		}
		ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(g.url, "http", "ws", 1)+sent+SocketPath+appKey+"?protocol=7", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		c := &client{TB: t, ws: ws}
		c.hears("pusher:connection_established")
		_ = ws.Close()
	}
}

func TestWrongTriggerIsRefusedWholeAndNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	c.subscribes("z")
	names := func(n int) string { return strings.Repeat(`"z",`, n-1) + `"z"` }
	large := strings.Repeat(`\"`, 10241)
	for body, want := range map[string]int{
		``: 400, `{`: 400, `[]`: 400, `null`: 400, `{}`: 400,
		`{"data":"y","channel":"z"}`:                                                  400,
		`{"name":"","data":"y","channel":"z"}`:                                        400,
		`{"name":7,"data":"y","channel":"z"}`:                                         400,
		`{"name":"` + strings.Repeat("x", 201) + `","data":"y","channel":"z"}`:        400,
		`{"name":"x","channel":"z"}`:                                                  400,
		`{"name":"x","data":null,"channel":"z"}`:                                      400,
		`{"name":"x","data":{},"channel":"z"}`:                                        400,
		`{"name":"x","data":"y"}`:                                                     400,
		`{"name":"x","data":"y","channels":[]}`:                                       400,
		`{"name":"x","data":"y","channels":"z"}`:                                      400,
		`{"name":"x","data":"y","channels":["z",null]}`:                               400,
		`{"name":"x","data":"y","channels":["z","a b"]}`:                              400,
		`{"name":"x","data":"y","channels":["z","#private"]}`:                         400,
		`{"name":"x","data":"y","channels":["z","` + strings.Repeat("x", 165) + `"]}`: 400,
		`{"name":"x","data":"y","channels":[` + names(101) + `]}`:                     400,
		`{"name":"x","data":"y","channel":"z","socket_id":"no"}`:                      400,
		`{"name":"x","data":"` + large + `","channel":"z"}`:                           413,
	} {
		status, answer := g.call("POST", "events", "", body)
		if body == `` {
			want = 400
		}
		if status != want || !strings.HasPrefix(answer, `{"error":"`) || !strings.Contains(answer, `"code":"`) {
			t.Errorf("%.80s: %d %.200s", body, status, answer)
		}
		if status, answer := g.call("POST", "batch_events", "", `{"batch":[{"name":"ok","data":"y","channel":"z"},`+body+`]}`); status < 400 {
			t.Errorf("in a batch: %.80s: %d %.200s", body, status, answer)
		}
	}
	if status, _ := g.call("POST", "events", "", strings.Repeat("x", bodyFrame+12*10240+1)); status != 413 {
		t.Errorf("a huge body: %d", status)
	}
	batch := `{"name":"ok","data":"y","channel":"z"}` + strings.Repeat(`,{"name":"ok","data":"y","channel":"z"}`, maxBatch)
	if status, _ := g.call("POST", "batch_events", "", `{"batch":[`+batch+`]}`); status != 400 {
		t.Errorf("11 events: %d", status)
	}
	if frames := c.heard(); len(frames) > 0 {
		t.Errorf("of what was refused was heard %+v", frames)
	}
	exactly := strings.Repeat(`\"`, 10240)
	if status, answer := g.call("POST", "events", "", `{"name":"x","data":"`+exactly+`","channels":[`+names(100)+`]}`); status != 200 {
		t.Errorf("all that is allowed: %d %.200s", status, answer)
	}
	c.hears("x")
	if frames := c.heard(); len(frames) > 0 {
		t.Errorf("a channel that was named often was told often: %d", len(frames))
	}
}

func TestTriggersTellHowChannelsStand(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	g.client().subscribes("presence-room", `{"user_id":"ann"}`)
	g.client().subscribes("orders")
	g.members("presence-room", `{"users":[{"id":"ann"}]}`)
	for _, c := range []struct{ path, body, want string }{
		{"events", `{"name":"x","data":"","channels":["presence-room","orders","empty"],"info":"user_count,subscription_count,other"}`,
			`{"channels":{"empty":{"subscription_count":0},"orders":{"subscription_count":1},"presence-room":{"user_count":1}}}`},
		{"batch_events", `{"batch":[{"name":"x","data":"","channel":"orders","info":"subscription_count"},{"name":"x","data":"","channel":"orders","info":null,"socket_id":null},{"name":"x","data":"","channel":"presence-room","info":"user_count"}]}`,
			`{"batch":[{"subscription_count":1},{},{"user_count":1}]}`},
		{"batch_events", `{"batch":[{"name":"x","data":"","channel":"orders"}]}`, `{}`},
	} {
		if status, answer := g.call("POST", c.path, "", c.body); status != 200 || answer != c.want {
			t.Errorf("%s: %d %s", c.body, status, answer)
		}
	}
}

func TestQuestionsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	for _, c := range []struct {
		method, path, query string
		want                int
		answer              string
	}{
		{"GET", "channels", "info=user_count", 400, ""},
		{"GET", "channels", "info=user_count&filter_by_prefix=private-", 400, ""},
		{"GET", "channels", "filter_by_prefix=%ff", 400, ""},
		{"GET", "channels", "filter_by_prefix=%00*", 200, `{"channels":{}}`},
		{"GET", "channels", "filter_by_prefix=none", 200, `{"channels":{}}`},
		{"GET", "channels/orders", "info=", 200, `{"occupied":false}`},
		{"GET", "channels/orders", "info=user_count", 400, ""},
		{"GET", "channels/a@b,c;d=e.f", "", 200, `{"occupied":false}`},
		{"GET", "channels/a%40b", "", 200, `{"occupied":false}`},
		{"GET", "channels/a%20b", "", 400, ""},
		{"GET", "channels/orders/users", "", 400, ""},
		{"GET", "channels/presence-none/users", "", 200, `{"users":[]}`},
		{"GET", "channels/orders/nothing", "", 404, ""},
		{"GET", "nothing", "", 404, ""},
		{"GET", "events", "", 404, ""},
		{"DELETE", "channels", "", 405, ""},
		{"POST", "users/a%20b%2F%C3%BC/terminate_connections", "", 200, `{}`}, // nobody can be signed in as that
	} {
		status, answer := g.call(c.method, c.path, c.query, "")
		if status != c.want || c.answer != "" && answer != c.answer {
			t.Errorf("%s %s?%s: %d %s", c.method, c.path, c.query, status, answer)
		}
	}
}
