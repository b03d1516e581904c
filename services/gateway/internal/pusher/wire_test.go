package pusher

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// signs makes the query of a request that signs some parameters and sends others.
func signs(method, path, signed, sent string) string {
	auth := fmt.Sprintf("auth_key=%s&auth_timestamp=%d&auth_version=1.0", appKey, time.Now().Unix())
	digest := signature.Request(appSecret, method, path, paramsOf(auth+"&"+signed))
	return path + "?" + auth + "&" + sent + "&auth_signature=" + digest
}

func TestListsInQueriesAreUnderstoodAsEachLibraryWritesThem(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	for sent, signed := range map[string]string{
		"info=cache,subscription_count":                    "info=cache,subscription_count",
		"info=cache%2Csubscription_count":                  "info=cache,subscription_count",
		"info=cache%2csubscription_count":                  "info=cache%2csubscription_count", // by who signs what he has escaped
		"info[]=cache&info[]=subscription_count":           "info[]=cache&info[]=subscription_count",
		"info%5B%5D=cache&info%5B%5D=subscription_count":   "info[]=cache&info[]=subscription_count",
		"info%5B0%5D=cache&info%5B1%5D=subscription_count": "info=cache,subscription_count",
		"info[0]=cache&info[1]=subscription_count&x=1":     "info=cache,subscription_count&x=1",
	} {
		status, answer := g.raw("GET", signs("GET", "/apps/3/channels/cache-x", signed, sent), "")
		if status != 200 || answer != `{"occupied":false,"subscription_count":0,"cache":null}` {
			t.Errorf("%s: %d %s", sent, status, answer)
		}
	}
	c := g.client()
	c.subscribes("x")
	for sent, want := range map[string]string{"name=a+b": "a b", "name=a%2Bb": "a+b", "name=a%20b": "a b"} {
		if status, answer := g.raw("POST", signs("POST", "/apps/3/channels/x/events", "name="+want, sent), ""); status != 202 {
			t.Errorf("%s: %d %s", sent, status, answer)
		}
		if f := g.until(c, "x"); len(f) != 1 || f[0].Event != want {
			t.Errorf("%s: heard %+v", sent, f)
		}
	}
}

// line sends requests over one connection, as it is told.
type line struct {
	*gateway
	conn net.Conn
	in   *bufio.Reader
}

func (g *gateway) line() *line {
	g.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.url, "http://"))
	if err != nil {
		g.Fatal(err)
	}
	g.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &line{g, conn, bufio.NewReader(conn)}
}

func (l *line) asks(method, target, body string) (status int, answer string) {
	l.Helper()
	if _, err := fmt.Fprintf(l.conn, "%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", method, target, len(body), body); err != nil {
		l.Fatal(err)
	}
	res, err := http.ReadResponse(l.in, nil)
	if err != nil {
		l.Fatalf("no answer: %v", err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil || res.Close {
		l.Errorf("%s %.80s: %d, and the connection is closed (%v)", method, target, res.StatusCode, err)
	}
	return res.StatusCode, string(said)
}

func TestConnectionOutlivesEveryErrorAnswer(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	l := g.line()
	large := strings.Repeat("x", 1<<20)
	event := fmt.Sprintf(`{"name":"x","data":%q,"channel":"x"}`, large)
	digest := func(body string) string { return "body_md5=" + signature.BodyMD5([]byte(body)) }
	of := func(method, path, body string) string { return signs(method, path, digest(body), digest(body)) }
	for _, c := range []struct {
		method, target, body string
		want                 int
	}{
		{"POST", "/apps/3/events", large, 401},
		{"POST", "/apps/4/events", large, 404},
		{"POST", of("POST", "/apps/3/events", large) + "0", large, 401},
		{"POST", of("POST", "/apps/3/events", large), large + "x", 401},
		{"POST", of("POST", "/apps/3/events", large), large, 400},
		{"POST", of("POST", "/apps/3/events", event), event, 413},
		{"POST", of("POST", "/apps/3/batch_events", `{"batch":[`+event+`]}`), `{"batch":[` + event + `]}`, 413},
		{"POST", of("POST", "/apps/3/nothing", large), large, 404},
		{"PUT", of("PUT", "/apps/3/events", large), large, 405},
		{"GET", of("GET", "/apps/3/channels", ""), "", 200},
	} {
		if status, answer := l.asks(c.method, c.target, c.body); status != c.want {
			t.Errorf("%s %.80s: %d %.200s", c.method, c.target, status, answer)
		}
	}
	// As through a proxy that is told the whole address.
	if status, answer := l.asks("GET", "http://"+strings.TrimPrefix(g.url, "http://")+of("GET", "/apps/3/channels", ""), ""); status != 200 {
		t.Errorf("the absolute form: %d %s", status, answer)
	}
}

func TestBodyOfABatchMayBeManyTimesItsData(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	c := g.client()
	c.subscribes("x")
	one := `{"name":"x","channel":"x","data":"` + strings.Repeat(`\u0022`, 10240) + `"}`
	body := `{"batch":[` + strings.Repeat(one+",", maxBatch-1) + one + `]}`
	if status, answer := g.call("POST", "batch_events", "", body); status != 200 || answer != "{}" || len(body) < 600_000 {
		t.Fatalf("%d bytes: %d %s", len(body), status, answer)
	}
	for range maxBatch {
		if f := c.hears("x"); f.text() != strings.Repeat(`"`, 10240) {
			t.Errorf("heard %.80s", f.Data)
		}
	}
}
