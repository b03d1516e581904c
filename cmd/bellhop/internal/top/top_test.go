package top_test

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/cmd/bellhop/internal/top"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// read reads metrics as if a process had said them.
func read(t *testing.T, at time.Time, text string) top.Reading {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }))
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	r, err := top.Read(t.Context(), client, []string{server.URL})
	if err != nil {
		t.Fatal(err)
	}
	r.At = at
	return r
}

const metrics = `
# TYPE bellhop_bus_published_events_total counter
bellhop_bus_published_events_total{service="gateway",type="message.created"} %d
bellhop_bus_published_events_total{service="inbound",type="message.created"} 7
# TYPE bellhop_http_requests_total counter
bellhop_http_requests_total{service="gateway",route="POST /m",code="200"} 100
bellhop_http_requests_total{service="gateway",route="POST /m",code="429"} %d
# TYPE bellhop_gateway_limited_total counter
bellhop_gateway_limited_total{service="gateway",limit="session"} %d
# TYPE bellhop_notifier_delivery_seconds histogram
bellhop_notifier_delivery_seconds_bucket{service="notifier",platform="slack",le="0.01"} %d
bellhop_notifier_delivery_seconds_bucket{service="notifier",platform="slack",le="0.1"} %d
bellhop_notifier_delivery_seconds_bucket{service="notifier",platform="slack",le="+Inf"} %d
bellhop_notifier_delivery_seconds_sum{service="notifier",platform="slack"} 1
bellhop_notifier_delivery_seconds_count{service="notifier",platform="slack"} %d
# TYPE bellhop_notifier_circuit_open gauge
bellhop_notifier_circuit_open{service="notifier",platform="slack"} 1
# TYPE bellhop_bus_consumer_waiting_events gauge
bellhop_bus_consumer_waiting_events{service="sessions",consumer="sessions-00"} 2
bellhop_bus_consumer_waiting_events{service="sessions",consumer="sessions-01"} 3
bellhop_bus_consumer_waiting_events{service="sessions",consumer="notifier-slack"} 4
`

func TestRatesAndQuantilesAreThoseOfTheInterval(t *testing.T) {
	begun := time.Now()
	before := read(t, begun, fmt.Sprintf(metrics, 100, 0, 0, 1000, 1000, 1000, 1000))
	now := read(t, begun.Add(2*time.Second), fmt.Sprintf(metrics, 120, 10, 10, 1000, 1100, 1100, 1100))
	v := top.Between(before, now)
	if v.Accepted != 10 || v.AcceptedTotal != 120 || v.RateLimited != 5 || v.Rejected != 5 {
		t.Errorf("%+v", v)
	}
	if len(v.Platforms) != 1 {
		t.Fatalf("%+v", v.Platforms)
	}
	// All hundred of the interval lie between 10 and 100 ms; the thousand before, below 10, do not count.
	p := v.Platforms[0]
	if p.Delivered != 50 || math.Abs(p.Delivery.P50-0.055) > 1e-9 || math.Abs(p.Delivery.P99-0.0991) > 1e-9 || !p.CircuitOpen {
		t.Errorf("%+v", p)
	}
	if len(v.Consumers) != 2 || v.Consumers[1].Name != "sessions" || v.Consumers[1].Waiting != 5 || v.Consumers[0].Waiting != 4 {
		t.Errorf("%+v", v.Consumers)
	}
}

func TestProcessThatHasBegunAnewHasNoNegativeRate(t *testing.T) {
	begun := time.Now()
	before := read(t, begun, fmt.Sprintf(metrics, 100, 0, 0, 5, 5, 5, 5))
	now := read(t, begun.Add(time.Second), fmt.Sprintf(metrics, 3, 0, 0, 0, 1, 1, 1))
	if v := top.Between(before, now); v.Accepted != 3 || v.Platforms[0].Delivered != 1 {
		t.Errorf("%+v", v)
	}
}

func TestQuietIntervalShowsTheLatenciesOfBefore(t *testing.T) {
	begun := time.Now()
	r := fmt.Sprintf(metrics, 100, 0, 0, 0, 100, 100, 100)
	v := top.Between(read(t, begun, r), read(t, begun.Add(time.Second), r))
	if v.Accepted != 0 || v.Platforms[0].Delivery.Count != 100 || v.Platforms[0].Delivery.P50 <= 0.01 {
		t.Errorf("%+v", v.Platforms[0])
	}
}

func TestWhatIsWrongIsMarked(t *testing.T) {
	r := read(t, time.Now(), fmt.Sprintf(metrics, 1, 0, 0, 0, 1, 1, 1))
	v := top.Between(r, r)
	var plain, colour bytes.Buffer
	if err := v.Print(&plain, false); err != nil {
		t.Fatal(err)
	}
	if err := v.Print(&colour, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(plain.String(), "bus away !") || !strings.Contains(plain.String(), "open !") || !strings.Contains(colour.String(), "\x1b[31mbus away") {
		t.Errorf("%s\n%s", &plain, &colour)
	}
}

func TestAddressAloneWillDo(t *testing.T) {
	for address, want := range map[string]string{
		":9464": "http://127.0.0.1:9464/metrics", "10.0.0.1:9464": "http://10.0.0.1:9464/metrics",
		"https://b.example": "https://b.example/metrics", "http://b.example/other": "http://b.example/other",
	} {
		if got := top.URL(address); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

func TestWhatIsNoMetricsIsAnError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none/metrics" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, "<html>")
	}))
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	for _, address := range []string{server.URL, server.URL + "/none/metrics", "127.0.0.1:1"} {
		if _, err := top.Read(t.Context(), client, []string{address}); err == nil {
			t.Errorf("%s is read", address)
		}
	}
}
