package server

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

const (
	post    = sessionsv1.Delivery_KIND_POST
	edit    = sessionsv1.Delivery_KIND_EDIT
	remove  = sessionsv1.Delivery_KIND_DELETE
	closing = sessionsv1.Delivery_KIND_CLOSE
	reopen  = sessionsv1.Delivery_KIND_REOPEN
)

var since = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// written is a message of the widget; changed is when its content last did, 0 for never.
func written(created, changed uint64) *sessionsv1.MessageRecord {
	return &sessionsv1.MessageRecord{
		Message:    &bellhopv1.Message{Id: fmt.Sprint("m", created), Timestamp: timestamppb.New(since)},
		CreatedSeq: created, ContentSeq: max(created, changed), Platform: "widget",
	}
}

func TestWhatAPlatformIsToDoAboutAMessage(t *testing.T) {
	shows := func(m *sessionsv1.MessageRecord, version uint64) *sessionsv1.MessageRecord {
		m.Copies = map[string]*eventv1.Copy{"telegram": {MessageId: m.Message.Id, Version: version}}
		return m
	}
	gone := func(m *sessionsv1.MessageRecord) *sessionsv1.MessageRecord {
		m.Message.DeletedAt = timestamppb.New(since)
		return m
	}
	from := func(m *sessionsv1.MessageRecord, platform string) *sessionsv1.MessageRecord {
		m.Platform = platform
		return m
	}
	old := func(m *sessionsv1.MessageRecord, age time.Duration) *sessionsv1.MessageRecord {
		m.Message.Timestamp = timestamppb.New(since.Add(-age))
		return m
	}
	again := func(m *sessionsv1.MessageRecord, seq uint64) *sessionsv1.MessageRecord {
		m.Requested = map[string]uint64{"telegram": seq}
		return m
	}
	removed := shows(gone(written(20, 22)), 22)
	removed.Copies["telegram"].Deleted = true
	for name, c := range map[string]struct {
		message *sessionsv1.MessageRecord
		kind    sessionsv1.Delivery_Kind
		seq     uint64
	}{
		"new":                                    {written(20, 0), post, 20},
		"new, edited since":                      {written(20, 25), post, 20},
		"new, deleted since":                     {gone(written(20, 25)), 0, 0},
		"given up, asked for again":              {again(written(5, 30), 30), post, 30},
		"given up, asked for again and deleted":  {gone(again(written(5, 30), 30)), 0, 0},
		"shown, the edit asked for again":        {again(shows(written(5, 30), 5), 30), edit, 30},
		"failed or skipped":                      {written(5, 0), 0, 0},
		"failed or skipped, edited since":        {written(5, 25), 0, 0},
		"from before the platform":               {old(written(20, 0), time.Millisecond), 0, 0},
		"from the instant of the platform":       {old(written(20, 0), 0), post, 20},
		"written there":                          {from(written(20, 0), "telegram"), 0, 0},
		"written on another platform":            {from(written(20, 0), "slack"), post, 20},
		"shown as it is":                         {shows(written(20, 0), 20), 0, 0},
		"shown, edited since":                    {shows(written(5, 25), 5), edit, 25},
		"shown, edited since, old":               {old(shows(written(5, 25), 5), time.Hour), edit, 25},
		"shown, edited, the edit given up":       {shows(written(5, 9), 5), 0, 0},
		"shown, deleted since":                   {shows(gone(written(5, 25)), 5), remove, 25},
		"shown, removed":                         {removed, 0, 0},
		"written there, edited there":            {from(shows(written(5, 25), 5), "telegram"), 0, 0},
		"written there, deleted from elsewhere":  {from(shows(gone(written(5, 25)), 5), "telegram"), remove, 25},
		"shown on another platform":              {&sessionsv1.MessageRecord{Message: written(20, 0).Message, CreatedSeq: 20, ContentSeq: 20, Copies: map[string]*eventv1.Copy{"slack": {Version: 20}}}, post, 20},
		"newer than the record that was read":    {written(31, 0), 0, 0},
		"edited after the record that was read":  {shows(written(5, 31), 5), 0, 0},
		"created before it and edited after it":  {written(20, 31), post, 20},
		"removed there, then deleted once again": {shows(gone(written(20, 22)), 22), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan{record: &sessionsv1.SessionRecord{Seq: 30}, platform: "telegram", through: 10, since: since}
			got := p.message(c.message)
			if got.GetKind() != c.kind || got.GetSeq() != c.seq {
				t.Errorf("%v at %d, want %v at %d", got.GetKind(), got.GetSeq(), c.kind, c.seq)
			}
		})
	}
}

func TestThreadFollowsTheSession(t *testing.T) {
	for _, c := range []struct {
		session, thread, status string
		seq                     uint64
		want                    sessionsv1.Delivery_Kind
	}{
		{"active", "1", "active", 20, 0},
		{"closed", "1", "active", 20, closing},
		{"closed", "1", "", 20, closing},
		{"closed", "1", "closed", 20, 0},
		{"active", "1", "closed", 20, reopen},
		{"active", "1", "", 20, 0},
		{"closed", "", "", 20, 0},
		{"closed", "1", "active", 10, 0},
		{"active", "1", "closed", 9, 0},
	} {
		record := &sessionsv1.SessionRecord{
			Seq: 30, StatusSeq: c.seq, Session: &bellhopv1.Session{Status: c.session},
			Platforms: map[string]*sessionsv1.PlatformState{"telegram": {Thread: c.thread, ThreadStatus: c.status, Through: 10}},
		}
		got := planFor(record, &sessionsv1.PendingRequest{Platform: "telegram"}).thread()
		if got.GetKind() != c.want || c.want != 0 && got.GetSeq() != c.seq {
			t.Errorf("session %s, thread %q %q at %d: %v at %d", c.session, c.thread, c.status, c.seq, got.GetKind(), got.GetSeq())
		}
	}
}

func TestThreadIsOpenedAgainBeforeTheMessageThatAsksForIt(t *testing.T) {
	record := &sessionsv1.SessionRecord{
		Seq: 300, StatusSeq: 150, Session: &bellhopv1.Session{Status: "active"},
		Platforms: map[string]*sessionsv1.PlatformState{"telegram": {Thread: "1", ThreadStatus: "closed", Through: 10}},
	}
	p := planFor(record, &sessionsv1.PendingRequest{Platform: "telegram"})
	byMessage := map[string]*sessionsv1.Delivery{}
	var want []string
	for seq := uint64(11); seq <= 300; seq++ { // enough for a sort that is not stable
		m := written(seq, 300)
		byMessage[m.Message.Id] = p.message(m)
		if seq == 150 {
			want = append(want, "KIND_REOPEN 150")
		}
		want = append(want, fmt.Sprint("KIND_POST ", seq))
	}
	var got []string
	for _, d := range p.order(byMessage) {
		got = append(got, fmt.Sprint(d.Kind, " ", d.Seq))
	}
	if !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestNoticesWaitForAThreadAndOpenNone(t *testing.T) {
	notice := func(seq uint64, age time.Duration) *sessionsv1.Notice {
		return &sessionsv1.Notice{Seq: seq, At: timestamppb.New(since.Add(-age))}
	}
	record := func(thread string) *sessionsv1.SessionRecord {
		return &sessionsv1.SessionRecord{Seq: 50, Notices: []*sessionsv1.Notice{notice(8, 0), notice(20, time.Hour), notice(21, 0), notice(30, 0), notice(51, 0)},
			Platforms: map[string]*sessionsv1.PlatformState{"telegram": {Thread: thread, ThreadStatus: "active", Through: 10}}}
	}
	seqs := func(list []*sessionsv1.Delivery) (all []uint64) {
		for _, d := range list {
			all = append(all, d.Seq)
		}
		return all
	}
	said := map[string]*sessionsv1.Delivery{"m25": {Seq: 25, Kind: post, Message: written(25, 0)}}
	for name, c := range map[string]struct {
		thread  string
		message map[string]*sessionsv1.Delivery
		want    []uint64
	}{
		"no thread":            {"", nil, nil},
		"no thread, a message": {"", said, []uint64{21, 25, 30}},
		"thread":               {"7", nil, []uint64{21, 30}},
		"thread, a message":    {"7", said, []uint64{21, 25, 30}},
	} {
		p := plan{record: record(c.thread), platform: "telegram", through: 10, since: since}
		if got := seqs(p.order(c.message)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
