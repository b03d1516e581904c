package chaos

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/visitor"
)

func stored(id, content string) visitor.Message {
	return visitor.Message{ID: id, Content: content, Sender: "visitor"}
}

func heard(id, content string) visitor.Message {
	return visitor.Message{ID: id, Content: content, Sender: "operator"}
}

func TestCheckerFindsWhatIsWrongWithAHistory(t *testing.T) {
	ledger := func() *talker {
		return &talker{
			Client: visitor.New(visitor.Options{}), name: "v",
			accepted: []promise{{"1", "says 0001."}, {"2", "says 0002."}, {"3", "says 0003."}}, answered: []answer{{on: "slack", content: "answer"}},
		}
	}
	one, two, three, answer := stored("1", "says 0001."), stored("2", "says 0002."), stored("3", "says 0003."), heard("4", "answer")
	cases := map[string]struct {
		history []visitor.Message
		want    verdict
	}{
		"nothing":           {[]visitor.Message{one, two, answer, three}, verdict{}},
		"lost":              {[]visitor.Message{one, three, answer}, verdict{Lost: 1}},
		"twice by id":       {[]visitor.Message{one, two, two, three, answer}, verdict{Duplicated: 1, Unasked: 1}},
		"stored unasked":    {[]visitor.Message{one, two, stored("5", "says 0002."), three, answer}, verdict{Unasked: 1}},
		"out of order":      {[]visitor.Message{two, one, three, answer}, verdict{Inversions: 1}},
		"an answer lost":    {[]visitor.Message{one, two, three}, verdict{AnswersLost: 1}},
		"an answer doubled": {[]visitor.Message{one, two, three, answer, heard("6", "answer")}, verdict{AnswersDouble: 1}},
		"another id":        {[]visitor.Message{one, stored("9", "says 0002."), three, answer}, verdict{Lost: 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := ledger()
			defer v.Close()
			var got verdict
			got.history(v, c.history)
			got.details = nil
			if got.String() != c.want.String() {
				t.Errorf("verdict %v\nwant %v", &got, &c.want)
			}
			if name != "nothing" && name != "stored unasked" && !got.broken() {
				t.Error("no promise counts as broken")
			}
		})
	}
}

func TestCheckerFindsWhatThePageLacks(t *testing.T) {
	v := &talker{Client: visitor.New(visitor.Options{}), answered: []answer{{on: "slack", content: "answer"}}}
	defer v.Close()
	var got verdict
	got.page(v, []visitor.Message{stored("1", "says 0001."), heard("2", "answer")})
	if got.Lost != 2 || got.AnswersLost != 1 {
		t.Errorf("an empty page: %v", &got)
	}
}

func TestCheckerFindsWhatIsWrongOnAPlatform(t *testing.T) {
	v := &talker{answered: []answer{{on: "slack", content: "answer"}}}
	history := []visitor.Message{stored("1", "says 0001."), heard("2", "answer"), stored("3", "says 0002.")}
	cases := map[string]struct {
		on      string
		threads []string
		want    shown
	}{
		"nothing elsewhere":      {"discord", []string{"says 0001.\nanswer\nsays 0002."}, shown{}},
		"nothing where it is":    {"slack", []string{"says 0001.\nsays 0002."}, shown{}},
		"lost":                   {"discord", []string{"answer\nsays 0002."}, shown{Lost: 1}},
		"an answer lost":         {"discord", []string{"says 0001.\nsays 0002."}, shown{Lost: 1}},
		"out of order":           {"discord", []string{"says 0001.\nsays 0002.\nanswer"}, shown{Inversions: 1}},
		"echoed":                 {"slack", []string{"says 0001.\nanswer\nsays 0002."}, shown{Echoed: 1}},
		"repeated":               {"discord", []string{"says 0001.\nanswer\nanswer\nsays 0002."}, shown{Repeated: 1}},
		"repeated too often":     {"discord", []string{"says 0001.\nanswer\nanswer\nsays 0002.\nsays 0002."}, shown{Repeated: 2, TooOften: 1}},
		"two threads":            {"discord", []string{"says 0001.", "answer\nsays 0002."}, shown{Threads: 1}},
		"two threads, one again": {"discord", []string{"says 0001.\nanswer", "answer\nsays 0002."}, shown{Threads: 1, Repeated: 1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := shown{Name: c.on}
			c.want.Name = c.on
			result := verdict{Platforms: []*shown{&got}}
			result.platform(&got, v, history, c.threads, 1)
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if want := c.want.Lost+c.want.Inversions+c.want.Echoed+c.want.TooOften > 0; result.broken() != want {
				t.Errorf("a promise counts as broken: %v", !want)
			}
		})
	}
}
