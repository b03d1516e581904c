package bellhop

import (
	"testing"
)

func TestOneEventIsTheSameWhicheverWayItComes(t *testing.T) {
	for name, raw := range map[string]string{
		"stream": `{"type":"operator_message","sessionId":"s","messageId":"slack:1","content":"yes","sourceBridge":"slack","operatorName":"Ann"}`,
		"envelope": `{"type":"operator_message","data":{"sessionId":"s","visitorId":"v","message":{"id":"slack:1","sessionId":"s","content":"yes","sender":"operator",
			"operatorName":"Ann"},"event":{"type":"operator_message","sessionId":"s","messageId":"slack:1","content":"yes","sourceBridge":"slack"}},"sentAt":"x"}`,
	} {
		e, err := parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		m := e.Message
		if e.SessionID != "s" || e.Source != "slack" || m.ID != "slack:1" || m.SessionID != "s" || m.Content != "yes" || m.Sender != Operator || m.OperatorName != "Ann" {
			t.Errorf("%s: %+v, %+v", name, e, m)
		}
	}
}

func TestEditsDeletionsAndRatingsAreRead(t *testing.T) {
	e, err := parse([]byte(`{"type":"operator_message_edited","data":{"sessionId":"s","visitorId":"v","event":{"messageId":"m","content":"new","editedAt":"2026-01-02T03:04:06.000Z"}},"sentAt":"x"}`))
	if err != nil || e.Message.ID != "m" || e.Message.Content != "new" || e.Message.EditedAt.IsZero() || e.Message.Sender != Operator || e.SessionID != "s" {
		t.Errorf("%v, %+v", err, e)
	}
	e, err = parse([]byte(`{"type":"visitor_message_deleted","sessionId":"s","messageId":"m","deletedAt":"2026-01-02T03:04:06.000Z"}`))
	if err != nil || e.Message.ID != "m" || e.Message.DeletedAt.IsZero() || e.Message.Sender != Visitor {
		t.Errorf("%v, %+v", err, e)
	}
	e, err = parse([]byte(`{"type":"csat_submitted","sessionId":"s","score":4,"comment":"fine"}`))
	if err != nil || e.Rating.Score != 4 || e.Rating.Comment != "fine" {
		t.Errorf("%v, %+v", err, e)
	}
	e, err = parse([]byte(`{"type":"visitor_disconnect","data":{"session":{"id":"s","visitorId":"v"},"duration":93,"reason":"page_unload"},"sentAt":"x"}`))
	var left struct{ Duration int }
	if err != nil || e.Decode(&left) != nil || left.Duration != 93 || e.SessionID != "s" || e.VisitorID != "v" {
		t.Errorf("%v, %+v", err, e)
	}
}

func TestTypesOfTheFutureMayLookLikeAnything(t *testing.T) {
	for _, raw := range []string{`{"type":"x","session":"a","score":"high"}`, `{"type":"x","data":[1],"sentAt":1}`, `{"type":"operator_status","online":true}`} {
		if e, err := parse([]byte(raw)); err != nil || len(e.Data) == 0 {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
