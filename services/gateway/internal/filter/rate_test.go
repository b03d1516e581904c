package filter

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestRefusalsOfALimitAreCountedAndLoggedIfAsked(t *testing.T) {
	const session = "ses_0123456789abcdefghXY9z"
	metrics := prometheus.NewRegistry()
	core, logs := observer.New(zapcore.InfoLevel)
	for _, log := range []*zap.Logger{nil, zap.New(core)} {
		limits, err := NewLimits(metrics, log) // the second one counts where the first did
		if err != nil {
			t.Fatal(err)
		}
		for name, key := range map[string]string{"address": "192.0.2.1", "session": session} {
			l, err := limits.Limiter(name, Rate{Every: 0.001, Burst: 1})
			if err != nil {
				t.Fatal(err)
			}
			if l.Wait(key) != 0 || l.Wait(key) == 0 || l.Wait(key) == 0 {
				t.Errorf("%s: the first of three calls passes", name)
			}
		}
	}
	const want = `
		# HELP bellhop_gateway_limited_total Calls and frames that a rate limit refused, by limit.
		# TYPE bellhop_gateway_limited_total counter
		bellhop_gateway_limited_total{limit="address"} 4
		bellhop_gateway_limited_total{limit="session"} 4
	`
	if err := testutil.GatherAndCompare(metrics, strings.NewReader(want), "bellhop_gateway_limited_total"); err != nil {
		t.Error(err)
	}
	lines := map[string]int{}
	for _, line := range logs.All() {
		fields := line.ContextMap()
		lines[fields["limit"].(string)+" "+fields["of"].(string)]++
	}
	if len(lines) != 2 || lines["address 192.0.2.1"] != 2 || len(logs.All()) != 4 {
		t.Errorf("logged: %v", lines)
	}
	for line := range lines {
		if strings.Contains(line, session) {
			t.Error("the session's id, which opens the conversation, is logged")
		}
	}
}
