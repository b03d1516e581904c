package channels_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/bellhop-chat/bellhop/sdk/channels"
)

// site stands in for a server: it answers each "METHOD /path" with a text, so that the examples run anywhere.
func site(answers map[string]string) (client *channels.Client, end func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, known := answers[r.Method+" "+r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusUnauthorized)
			text = "Unknown auth_key"
		}
		_, _ = fmt.Fprint(w, text)
	}))
	client, err := channels.FromURL(strings.Replace(server.URL, "://", "://a-key:a-secret@", 1) + "/apps/shop")
	if err != nil {
		panic(err)
	}
	return client, server.Close
}

func ExampleFromURL() {
	client, err := channels.FromURL("https://KEY:SECRET@chat.example.com/apps/shop") // os.Getenv("PUSHER_URL")
	fmt.Println(client, err)
	// Output: channels: app shop at https://chat.example.com <nil>
}

func ExampleClient_Trigger() {
	client, end := site(map[string]string{"POST /apps/shop/events": `{"channels":{"presence-room":{"user_count":2}}}`})
	defer end()
	told, err := client.Trigger(context.Background(), []string{"presence-room"}, "moved", map[string]any{"x": 3},
		channels.ExcludeSocket("1234.1234"), channels.WithInfo(channels.UserCount))
	fmt.Println(*told["presence-room"].UserCount, err)
	// Output: 2 <nil>
}

func ExampleError() {
	client, end := site(nil)
	defer end()
	_, err := client.Channels(context.Background(), "presence-")
	fmt.Println(err, errors.Is(err, channels.ErrAuthentication))
	_, err = client.Trigger(context.Background(), []string{"a channel"}, "e", "")
	fmt.Println(err, errors.Is(err, channels.ErrChannelName))
	// Output:
	// channels: Unknown auth_key (401) true
	// channels: not a name of such a channel: "a channel" true
}

func ExampleClient_AuthHandler() {
	client, end := site(nil)
	defer end()
	http.Handle("/pusher/auth", client.AuthHandler(func(r *http.Request, socketID, channel string) (*channels.Member, error) {
		customer, err := r.Cookie("customer") // whatever your sessions are
		if err != nil || channel != "presence-shop" {
			return nil, channels.ErrForbidden
		}
		return &channels.Member{UserID: customer.Value, UserInfo: map[string]string{"name": "Vera"}}, nil
	}))
	r := httptest.NewRequest(http.MethodPost, "/pusher/auth", strings.NewReader("socket_id=1.2&channel_name=presence-shop"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "customer", Value: "c7"})
	w := httptest.NewRecorder()
	http.DefaultServeMux.ServeHTTP(w, r)
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `{\"user_id\":\"c7\",\"user_info\":{\"name\":\"Vera\"}}`))
	// Output: 200 true
}

func ExampleClient_Webhook() {
	client, end := site(nil)
	defer end()
	header := http.Header{"Content-Type": {"application/json"}, "X-Pusher-Key": {"a-key"}, "X-Pusher-Signature": {"made up"}}
	_, err := client.Webhook(header, []byte(`{"time_ms":1327078148132,"events":[]}`))
	fmt.Println(errors.Is(err, channels.ErrWebhookSignature))
	// Output: true
}

func ExampleClient_WebhookHandler() {
	client, end := site(nil)
	defer end()
	http.Handle("/pusher/webhooks", client.WebhookHandler(func(_ context.Context, w *channels.Webhook) error {
		for _, e := range w.Events {
			if e.Name == channels.ChannelVacated {
				fmt.Println("nobody is left in", e.Channel)
			}
		}
		return nil
	}))
	// Output:
}
