package bellhop_test

import (
	"context"
	"fmt"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
)

func ExampleNew() {
	_, err := bellhop.New(bellhop.Options{URL: "chat.example.com", Key: "a-key"})
	fmt.Println(err)
	client, err := bellhop.New(bellhop.Options{URL: "https://chat.example.com", Key: "a-key"})
	fmt.Println(client != nil, err)
	// Output:
	// bellhop: Options.URL must be an address such as https://chat.example.com
	// true <nil>
}

func ExampleClient_Sessions() {
	client, end := site(map[string]string{"GET /api/v1/sessions": `{"sessions":[{"id":"ses_1","identity":{"id":"u1","name":"Vera"}},{"id":"order-7"}]}`})
	defer end()
	for session, err := range client.Sessions(context.Background(), bellhop.SessionQuery{Unanswered: true}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(session.ID, session.Identity.Name())
	}
	// Output:
	// ses_1 Vera
	// order-7
}

func ExampleClient_Session() {
	client, end := site(map[string]string{"GET /api/v1/sessions/order-7": `{"session":{"id":"order-7","status":"active"},"messages":[]}`})
	defer end()
	session, err := client.Session(context.Background(), "order-7")
	fmt.Println(session.ID, session.Status == bellhop.Active, err)
	_, err = client.Session(context.Background(), "order-8")
	fmt.Println(err, bellhop.IsNotFound(err))
	// Output:
	// order-7 true <nil>
	// bellhop: there is no such session (404 unknown_session) true
}

func ExampleClient_Transcript() {
	client, end := site(map[string]string{"GET /api/v1/sessions/ses_1": `{"session":{"id":"ses_1"},"messages":[{"id":"m1","content":"hi","sender":"visitor"}]}`})
	defer end()
	t, err := client.Transcript(context.Background(), "ses_1")
	fmt.Println(t.Session.ID, len(t.Messages), t.Truncated, err)
	// Output: ses_1 1 false <nil>
}

func ExampleClient_Messages() {
	client, end := site(map[string]string{"GET /api/v1/sessions/ses_1/messages": `{"messages":[{"id":"m2","content":"hello","sender":"operator","operatorName":"Ada"}]}`})
	defer end()
	for m, err := range client.Messages(context.Background(), "ses_1", bellhop.MessageQuery{After: "m1"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.OperatorName, "says", m.Content)
	}
	// Output: Ada says hello
}

func ExampleClient_SendMessage() {
	client, end := site(map[string]string{"POST /api/v1/sessions/ses_1/reply": `{"messageId":"m3","timestamp":"2026-01-02T03:04:05.678Z"}`})
	defer end()
	sent, err := client.SendMessage(context.Background(), "ses_1", bellhop.Outgoing{
		IdempotencyKey: "order-17-shipped", Content: "Your order is on its way.", OperatorName: "Shop",
	})
	fmt.Println(sent.MessageID, sent.Timestamp.Year(), err)
	// Output: m3 2026 <nil>
}

func ExampleClient_CloseSession() {
	client, end := site(map[string]string{"POST /api/v1/sessions/ses_1/close": `{"ok":true,"closedAt":"2026-01-02T03:04:05.678Z"}`})
	defer end()
	at, err := client.CloseSession(context.Background(), "ses_1", "Ada")
	fmt.Println(at.Format("15:04"), err)
	// Output: 03:04 <nil>
}

func ExampleClient_EmitEvent() {
	client, end := site(map[string]string{"POST /api/v1/sessions/ses_1/events": `{"ok":true,"id":"e1","timestamp":"2026-01-02T03:04:05.678Z"}`})
	defer end()
	emitted, err := client.EmitEvent(context.Background(), "ses_1", "show_offer", map[string]any{"discount": 20, "code": "SAVE20"})
	fmt.Println(emitted.ID, err)
	// Output: e1 <nil>
}

func ExampleClient_BroadcastEvent() {
	client, end := site(map[string]string{"POST /api/v1/events": `{"ok":true,"id":"e2","timestamp":"2026-01-02T03:04:05.678Z"}`})
	defer end()
	emitted, err := client.BroadcastEvent(context.Background(), "sale_ends", nil)
	fmt.Println(emitted.ID, err)
	// Output: e2 <nil>
}

func ExampleClient_SetOperatorOnline() {
	client, end := site(map[string]string{"POST /api/operator/status": `{"ok":true}`})
	defer end()
	fmt.Println(client.SetOperatorOnline(context.Background(), true, bellhop.OperatorID{ID: "ada", Name: "Ada"}))
	// Output: <nil>
}

func ExampleClient_Operators() {
	client, end := site(map[string]string{"GET /api/v1/operators": `{"online":true,"operators":[{"id":"api:ada","name":"Ada","online":true}]}`})
	defer end()
	team, err := client.Operators(context.Background())
	fmt.Println(team.Online, team.Operators[0].Name, err)
	// Output: true Ada <nil>
}

func ExampleClient_Stats() {
	client, end := site(map[string]string{"GET /api/v1/stats": `{"conversations":12,"responseRate":0.75,"csat":{"responses":0}}`})
	defer end()
	s, err := client.Stats(context.Background(), bellhop.StatsQuery{Period: "30d"})
	fmt.Println(s.Conversations, s.ResponseRate, s.Ratings.Average == nil, err)
	// Output: 12 0.75 true <nil>
}

func ExampleClient_Me() {
	client, end := site(map[string]string{"GET /api/v1/me": `{"organization":{"id":"bellhop"},"key":{"id":"k1","name":"shop","scopes":["read"]}}`})
	defer end()
	me, err := client.Me(context.Background())
	fmt.Println(me.Key.Name, me.Key.Scopes, err)
	// Output: shop [read] <nil>
}
