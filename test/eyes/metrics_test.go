package eyes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/bellhop-chat/bellhop/test/team"
)

// metric is what is said of one, by the document or by a process.
type metric struct {
	kind   string
	labels []string
}

// row is a line of the document's tables.
var row = regexp.MustCompile("(?m)^\\| `(bellhop_[a-z_]+)` \\| (counter|gauge|histogram) \\|([a-z_` ]*)\\| (.+) \\|$")

// documented are the metrics of docs/metrics.md.
func documented(t *testing.T) map[string]metric {
	t.Helper()
	all := map[string]metric{}
	for _, m := range row.FindAllStringSubmatch(document(t, "docs", "metrics.md"), -1) {
		if _, twice := all[m[1]]; twice {
			t.Errorf("%s is documented twice", m[1])
		}
		labels := strings.Fields(strings.ReplaceAll(m[3], "`", " "))
		slices.Sort(labels)
		all[m[1]] = metric{m[2], labels}
	}
	if len(all) < 40 {
		t.Fatalf("only %d metrics are documented: is a table malformed?", len(all))
	}
	return all
}

// scrape reads the metrics of the program.
func (w *world) scrape() map[string]*dto.MetricFamily {
	w.t.Helper()
	status, text := w.calls("GET", "http://"+w.admin+"/metrics", "")
	if status != 200 {
		w.t.Fatalf("the metrics are answered with %d", status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	maps.DeleteFunc(families, func(name string, _ *dto.MetricFamily) bool { return !strings.HasPrefix(name, "bellhop_") })
	return families
}

// served is what a scrape says of each metric.
func served(families map[string]*dto.MetricFamily) map[string]metric {
	all := map[string]metric{}
	for name, family := range families {
		m := metric{kind: strings.ToLower(family.GetType().String())}
		for _, l := range family.GetMetric()[0].GetLabel() {
			m.labels = append(m.labels, l.GetName())
		}
		slices.Sort(m.labels)
		all[name] = m
	}
	return all
}

// table prints what each metric said, over all its labels: a sum, and of a histogram how many and how much.
func table(families map[string]*dto.MetricFamily) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(families)) {
		var sum, count float64
		for _, m := range families[name].GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetHistogram().GetSampleSum()
			count += float64(m.GetHistogram().GetSampleCount())
		}
		_, _ = fmt.Fprintf(&out, "%-50s %g", name, sum)
		if families[name].GetType() == dto.MetricType_HISTOGRAM {
			_, _ = fmt.Fprintf(&out, " s in %g", count)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// everything lets all happen that a metric tells of.
func (w *world) everything() (canaries []string) {
	w.t.Helper()
	vera := w.talks("Vera Canary")
	room := team.At(w.t, w.platforms[0]).Room(named("Vera Canary"))
	room.Says("/info")
	room.Tells("Vera Canary")
	if status, answer := w.calls("POST", w.url+"/webhooks/telegram", "{}"); status != 401 {
		w.t.Fatalf("a forged update is answered with %d %s", status, answer)
	}
	if status, answer := w.calls("POST", w.url+"/pocketping/connect", "{}", "Content-Type", "application/json", "User-Agent", "the-unwanted"); status != 403 {
		w.t.Fatalf("an unwanted program is answered with %d %s", status, answer)
	}
	w.calls("GET", w.url+"/pocketping/no-such-route-canary?sessionId="+vera.SessionID(), "")
	w.calls("GET", w.url+"/no-such-place-canary", "")
	return []string{vera.SessionID(), "canary", "Canary", w.Telegram.Token(), w.Slack.Token(), "the-unwanted", "a-key-for-tests"}
}

func TestMetricsAreWhatTheDocumentSays(t *testing.T) {
	w := start(t, "UA_FILTER_ENABLED=true", "UA_FILTER_USE_DEFAULT_BOTS=false", "UA_FILTER_BLOCKLIST=the-unwanted",
		"PUSHER_APP_ID=1", "PUSHER_KEY=a-key", "PUSHER_SECRET=a-secret", "PUSHER_WEBHOOK_URL=https://pusher.invalid/")
	canaries := w.everything()
	want := documented(t)
	var families map[string]*dto.MetricFamily
	w.eventually("what is counted last", func() bool {
		families = w.scrape()
		return families["bellhop_webhook_failed_total"] != nil && families["bellhop_inbound_answers_total"] != nil
	})
	got := served(families)
	for _, name := range slices.Sorted(maps.Keys(got)) {
		switch m, known := want[name]; {
		case !known:
			t.Errorf("%s (%s, %v) is not in docs/metrics.md", name, got[name].kind, got[name].labels)
		case m.kind != got[name].kind || !slices.Equal(m.labels, got[name].labels):
			t.Errorf("%s is a %s with %v, docs/metrics.md says %s with %v", name, got[name].kind, got[name].labels, m.kind, m.labels)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, there := got[name]; !there {
			t.Errorf("%s is in docs/metrics.md, and nothing serves it", name)
		}
	}
	t.Logf("%d metrics are served and documented:\n%s", len(got), table(families))
	for name, family := range families {
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				for _, canary := range canaries {
					if strings.Contains(l.GetValue(), canary) {
						t.Errorf("%s has the label %s=%q", name, l.GetName(), l.GetValue())
					}
				}
			}
		}
	}
	if ready := families["bellhop_ready"].GetMetric()[0].GetGauge().GetValue(); ready != 1 {
		t.Errorf("bellhop_ready is %v", ready)
	}
}
