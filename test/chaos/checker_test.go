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
			accepted: []promise{{"1", "says 0001."}, {"2", "says 0002."}, {"3", "says 0003."}}, answered: []string{"answer"},
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
	v := &talker{Client: visitor.New(visitor.Options{}), answered: []string{"answer"}}
	defer v.Close()
	var got verdict
	got.page(v, []visitor.Message{stored("1", "says 0001."), heard("2", "answer")})
	if got.Lost != 2 || got.AnswersLost != 1 {
		t.Errorf("an empty page: %v", &got)
	}
}
