package pusher

import (
	"strings"
	"testing"
)

func TestEndpointsThatWereRetiredStillAnswerAsTheyDid(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	here, sender := g.client(), g.client()
	for _, c := range []*client{here, sender} {
		c.subscribes("a=b@c,d;e")
	}
	for _, data := range []string{`{"b": 1.0}`, "not JSON <&> ü\x00", ""} {
		status, answer := g.call("POST", "channels/a=b@c,d;e/events", "name=paid%20%2B&socket_id="+sender.id, data)
		if status != 202 || answer != "" {
			t.Fatalf("%q: %d %s", data, status, answer)
		}
		if f := here.hears("paid +"); f.text() != data || f.Channel != "a=b@c,d;e" {
			t.Errorf("%q arrived as %+v", data, f)
		}
	}
	if frames := g.until(sender, "a=b@c,d;e"); len(frames) > 0 {
		t.Errorf("who was excluded heard %+v", frames)
	}
	for _, c := range []struct {
		channel, query, data string
		want                 int
	}{
		{"x", "", "y", 400}, {"x", "name=", "y", 400}, {"x", "name=" + strings.Repeat("x", 201), "y", 400}, {"a%20b", "name=x", "y", 400}, {"%23x", "name=x", "y", 400},
		{"x", "name=x&socket_id=no", "y", 400}, {"x", "name=x", "\xff", 400}, {"x", "name=x", strings.Repeat("y", 10241), 413}, {"x", "name=x", strings.Repeat("ü", 5120), 202},
	} {
		if status, answer := g.call("POST", "channels/"+c.channel+"/events", c.query, c.data); status != c.want {
			t.Errorf("%s?%.40s: %d %.100s", c.channel, c.query, status, answer)
		}
	}
	here.subscribes("presence-room", `{"user_id":"ann"}`)
	g.members("presence-room", `{"users":[{"id":"ann"}]}`)
	for path, want := range map[string]string{
		"presence-room": `{"occupied":true,"user_count":1}`, "presence-none": `{"occupied":false,"user_count":0}`, "a=b@c,d;e": `{"occupied":true}`, "none": `{"occupied":false}`,
	} {
		if status, answer := g.call("GET", "channels/"+path+"/stats", "info=subscription_count", ""); status != 200 || answer != want {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	if status, _ := g.call("GET", "channels/a%20b/stats", "", ""); status != 400 {
		t.Errorf("of no channel: %d", status)
	}
}
