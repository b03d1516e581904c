package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// Canaries: one for each way that something personal comes in.
const (
	canaryText     = "canary-text-5d1f0e"
	canaryName     = "canary-name-77b2ac"
	canaryBytes    = "canary-bytes-c0ffee"
	canaryIdentity = "canary-identity-91aa3b"
	canaryEvent    = "canary-event-e4e4e4"
	canaryAnswer   = "canary-answer-0b5e55"
)

var canaries = []string{canaryText, canaryName, canaryBytes, canaryIdentity, canaryEvent, canaryAnswer}

// promised is within what time everything of a visitor must be gone.
const promised = 60 * time.Second

// erasure is what the API says of one.
type erasure struct {
	State    string
	Sessions []struct {
		SessionID, State, Reason string
		Parts                    map[string]struct {
			State, Why    string
			Removed, Left int
		}
	}
}

func (b backend) ask(method, path string) (status int, answer string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.s.url+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+b.key)
	return b.s.do(b.t, req)
}

// erases has something erased, and answers the erasure's id.
func (b backend) erases(path string) string {
	b.t.Helper()
	status, answer := b.ask(http.MethodDelete, path)
	var begun struct{ ErasureID string }
	if err := json.Unmarshal([]byte(answer), &begun); err != nil || status != http.StatusAccepted || begun.ErasureID == "" {
		b.t.Fatalf("DELETE %s: %d %s", path, status, answer)
	}
	return begun.ErasureID
}

// learns waits until an erasure has ended.
func (b backend) learns(erasureID string) (e erasure) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), promised)
	defer cancel()
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		status, answer := b.ask(http.MethodGet, "/api/v1/erasures/"+erasureID)
		if err := json.Unmarshal([]byte(answer), &e); err != nil || status != http.StatusOK && status != http.StatusServiceUnavailable {
			b.t.Fatalf("the erasure: %d %s", status, answer)
		}
		if e.State == "done" || e.State == "incomplete" {
			tick.Stop()
			return e
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("the erasure has not ended: %s", answer)
		}
	}
}

// reveals has a visitor say, upload, do and be told something personal, and get all of it to every platform and among the dead letters.
func (s *stack) reveals(t *testing.T) (guest, map[string]team.Room) {
	t.Helper()
	vera := s.arrives(t)
	vera.Identifies(map[string]any{"id": vera.Name(), "name": vera.Name(), "email": canaryIdentity + "@example.com"})
	vera.SaysWithFile(canaryText, canaryName+".txt", "text/plain", []byte(strings.Repeat(canaryBytes+"\n", 20_000)))
	data, err := structpb.NewValue(map[string]any{"secret": canaryEvent})
	if err != nil {
		t.Fatal(err)
	}
	s.happens(t, vera.SessionID(), bus.EventReceived, &eventv1.Custom{SessionId: vera.SessionID(), VisitorId: vera.VisitorID(), Name: "told", Data: data, Timestamp: timestamppb.Now()})
	rooms := s.rooms(t, vera)
	rooms[team.Telegram].Says(canaryAnswer)
	vera.Hears(canaryAnswer)
	for name, room := range rooms {
		room.Shows(canaryText)
		room.Shows(canaryEvent)
		if name != team.Telegram {
			room.Shows(canaryAnswer)
		}
	}
	s.buries(t, vera)
	return vera, rooms
}

// buries puts everything of a visitor among the dead letters, as a consumer does that gives up.
func (s *stack) buries(t *testing.T, of guest) {
	t.Helper()
	consumer, err := s.bus.Consumer(visitor.Within(t), bus.ConsumerSpec{Name: "gives-up"})
	if err != nil {
		t.Fatal(err)
	}
	filter := bus.Filter{Project: id.Default, Session: id.Session(of.SessionID())}
	err = s.bus.Replay(visitor.Within(t), 1, filter, func(ev bus.Event) error {
		return consumer.Bury(t.Context(), ev.Seq, 1, errors.New("a test gives up"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holding are the canaries that are on the disks, and where.
func (s *stack) holding(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, canary := range canaries {
		for _, dir := range s.backing.disks {
			for _, file := range bustest.Holding(t, dir, canary) {
				if *full || !strings.Contains(file, raftLogs) {
					found[canary] = append(found[canary], file)
				}
			}
		}
	}
	return found
}

// raftLogs is where the nodes of a cluster keep the logs by which they agree. NATS shortens them when it likes, in up to three minutes
// when little is written: a test waits for that with -full only.
const raftLogs = "$SYS"

// shortened is how long it may take until they are.
const shortened = 4 * time.Minute

func TestErasedMeansErased(t *testing.T) {
	t.Parallel()
	erasedMeansErased(t, embeddedBacking, promised)
}

func TestErasedMeansErasedOnAClusterWithRedis(t *testing.T) {
	t.Parallel()
	within := promised
	if *full {
		within = shortened
	}
	erasedMeansErased(t, clusteredOnDisk, within)
}

func erasedMeansErased(t *testing.T, on func(testing.TB) backing, within time.Duration) {
	s := own(t, setup{backing: on})
	bystander := s.arrives(t)
	bystander.Says("I stay")
	vera, rooms := s.reveals(t)
	b := backend{t, s, apiKey}
	if found := s.holding(t); len(found) != len(canaries) {
		t.Fatalf("only %d of the canaries are on the disks, so nothing would be shown", len(found))
	}
	visitorPath := "/api/v1/visitors/" + vera.VisitorID()
	status, exported := b.ask(http.MethodGet, visitorPath+"/export")
	for _, canary := range canaries {
		if canary != canaryBytes && !strings.Contains(exported, canary) {
			t.Errorf("the export (%d) has no %s", status, canary)
		}
	}
	begun := time.Now()
	erasureID := b.erases(visitorPath)
	_, err := vera.Send(visitor.Within(t), "am I still here?", "")
	vera.WasRefused(err, http.StatusNotFound)
	vera.Close()
	e := b.learns(erasureID)
	t.Logf("the erasure has ended after %s", time.Since(begun).Round(time.Millisecond))
	s.wasErasedEverywhere(t, e)
	for name, room := range rooms {
		if left := room.Threads(vera.Name()); len(left) > 0 {
			t.Errorf("%s still has %v", name, left)
		}
		for _, p := range room.Everywhere() {
			if slices.ContainsFunc(canaries, func(c string) bool { return strings.Contains(p.Text, c) }) {
				t.Errorf("%s still shows %q", name, p.Text)
			}
		}
	}
	left := s.holding(t)
	for ; len(left) > 0 && time.Since(begun) < within; left = s.holding(t) {
		<-time.After(200 * time.Millisecond)
	}
	if len(left) > 0 {
		t.Errorf("after %s the disks hold %v", time.Since(begun).Round(time.Second), left)
	}
	t.Logf("nothing is on the disks after %s", time.Since(begun).Round(time.Millisecond))
	for _, canary := range canaries {
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the log holds %s", canary)
		}
	}
	if status, _ := b.ask(http.MethodGet, visitorPath+"/export"); status != http.StatusNotFound {
		t.Errorf("the export afterwards is %d", status)
	}
	bystander.Says("and go on")
	s.rooms(t, bystander)[team.Slack].Shows("and go on")
}

// wasErasedEverywhere checks a report in which nothing could stay.
func (s *stack) wasErasedEverywhere(t *testing.T, e erasure) {
	t.Helper()
	if e.State != "done" || len(e.Sessions) != 1 || len(e.Sessions[0].Parts) != len(s.all)+1 {
		t.Fatalf("the report says %+v", e)
	}
	// Who takes over an erasure finds less to remove than there was.
	whole := !strings.Contains(s.log.String(), "sessions.erase\tlease lost")
	for name, part := range e.Sessions[0].Parts {
		if part.State != "done" || whole && part.Removed == 0 || part.Left != 0 {
			t.Errorf("%s: %+v", name, part)
		}
	}
}

// clusteredOnDisk is production with a Redis that keeps its data, whose disks a test may look at.
func clusteredOnDisk(t testing.TB) backing {
	t.Helper()
	redisDir := t.TempDir()
	processes := cluster.New(t.TempDir())
	t.Cleanup(func() {
		if err := processes.Close(); err != nil {
			t.Errorf("stop redis: %v", err)
		}
	})
	redis, redisURL, err := cluster.Redis(redisDir, true)
	if err == nil {
		err = processes.Start(context.Background(), redis)
	}
	if err != nil {
		t.Fatal(err)
	}
	nodes := bustest.NewCluster(t)
	return backing{bus: bus.Config{URL: nodes.URL()}, redis: redisURL, dir: t.TempDir(), disks: append(nodes.Dirs(), redisDir)}
}
