package eyes

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// rule is an alert of deploy/monitoring/rules.yaml.
type rule struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(document(t, "deploy", "monitoring", "rules.yaml")))
	decoder.KnownFields(true) // it is the spec of a PrometheusRule too, which takes nothing else
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		if g.Name == "" {
			t.Error("a group has no name")
		}
		all = append(all, g.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("there are no rules")
	}
	return all
}

// panel is one of the dashboard's.
type panel struct {
	ID      int
	Title   string
	Type    string
	GridPos struct{ X, Y, W, H int }
	Targets []struct{ Expr, RefID string }
}

func panels(t *testing.T) []panel {
	t.Helper()
	var dashboard struct {
		UID, Title string
		Panels     []panel
	}
	if err := json.Unmarshal([]byte(document(t, "deploy", "monitoring", "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	if dashboard.UID == "" || dashboard.Title == "" || len(dashboard.Panels) < 10 {
		t.Fatalf("the dashboard %q (%s) has %d panels", dashboard.Title, dashboard.UID, len(dashboard.Panels))
	}
	return dashboard.Panels
}

var (
	metricName = regexp.MustCompile(`bellhop_[a-z_]+`)
	selector   = regexp.MustCompile(`(bellhop_[a-z_]+)\{([^}]*)\}`)
	matcher    = regexp.MustCompile(`^([a-z_]+)(=|!=|=~|!~)"([^"]*)"$`)
	grouping   = regexp.MustCompile(`\b(?:by|on|without|group_left) \(([a-z_, ]*)\)`)
)

// family is the documented metric that a name in an expression belongs to: a histogram has three.
func family(known map[string]metric, name string) (metric, bool) {
	if m, ok := known[name]; ok {
		return m, m.kind != "histogram" // alone it is none of the three
	}
	for _, end := range []string{"_bucket", "_count", "_sum"} {
		if base, cut := strings.CutSuffix(name, end); cut && known[base].kind == "histogram" {
			return known[base], true
		}
	}
	return metric{}, false
}

// check finds what is wrong with an expression: metrics and labels that are not documented, brackets that do not match, a counter
// without a rate.
func check(known map[string]metric, expr string) (wrong []string) {
	labels := []string{"le", "project", "instance", "version"} // of histograms, of several projects, of Prometheus, of the build
	for _, name := range metricName.FindAllString(expr, -1) {
		m, ok := family(known, name)
		if !ok {
			wrong = append(wrong, name+" is not in docs/metrics.md")
		}
		labels = append(labels, m.labels...)
		if counter := regexp.MustCompile(`(rate|increase)\(` + name + `\b`); m.kind == "counter" && !counter.MatchString(expr) {
			wrong = append(wrong, name+" only grows: it wants a rate")
		}
	}
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		m, _ := family(known, s[1])
		for _, part := range strings.Split(s[2], ",") {
			match := matcher.FindStringSubmatch(strings.TrimSpace(part))
			if match == nil || !slices.Contains(append(m.labels, "project", "instance"), match[1]) {
				wrong = append(wrong, s[1]+" has no label as in "+part)
			} else if _, err := regexp.Compile(match[3]); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for _, name := range strings.Split(g[1], ",") {
			if !slices.Contains(labels, strings.TrimSpace(name)) {
				wrong = append(wrong, "nothing in it has the label "+name)
			}
		}
	}
	for _, pair := range []string{"()", "[]", "{}"} {
		if strings.Count(expr, pair[:1]) != strings.Count(expr, pair[1:]) {
			wrong = append(wrong, "unbalanced "+pair)
		}
	}
	return wrong
}

func TestDashboardAsksForMetricsThatThereAre(t *testing.T) {
	known, seen := documented(t), map[int]bool{}
	for _, p := range panels(t) {
		if seen[p.ID] || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("the panel %d %q at %+v is not well made", p.ID, p.Title, p.GridPos)
		}
		seen[p.ID] = true
		for _, target := range p.Targets {
			for _, wrong := range check(known, target.Expr) {
				t.Errorf("panel %q: %s\n%s", p.Title, wrong, target.Expr)
			}
		}
	}
}

func TestAlertsAskForMetricsThatThereAre(t *testing.T) {
	known, seen := documented(t), map[string]bool{}
	for _, r := range rules(t) {
		for _, wrong := range check(known, r.Expr) {
			t.Errorf("%s: %s\n%s", r.Alert, wrong, r.Expr)
		}
		if seen[r.Alert] || r.For == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" ||
			!slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
			t.Errorf("the alert %s is not well made: %+v", r.Alert, r)
		}
		seen[r.Alert] = true
	}
}

func TestWrongExpressionsAreFound(t *testing.T) {
	known := documented(t)
	for _, expr := range []string{
		`bellhop_no_such_metric > 1`, `sum(bellhop_bus_dead_letters_total)`, `rate(bellhop_bus_publish_seconds[5m])`,
		`bellhop_ready{session="x"} == 0`, `sum by (session) (bellhop_ready)`, `max(bellhop_ready`, `bellhop_ready{service}`,
	} {
		if len(check(known, expr)) == 0 {
			t.Errorf("nothing is found wrong with %s", expr)
		}
	}
}

// page is a link to another run-book page.
var page = regexp.MustCompile(`\]\(([a-z-]+\.md)\)`)

func TestEachAlertHasItsRunBookPageAndEachPageItsAlert(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(repository, "docs", "runbook", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	unused := map[string]bool{}
	for _, f := range files {
		unused[filepath.Base(f)] = true
	}
	there := maps.Clone(unused)
	for _, r := range rules(t) {
		_, name, found := strings.Cut(r.Annotations["runbook_url"], "/docs/runbook/")
		if !found || !there[name] {
			t.Errorf("%s leads to %q, which is no page", r.Alert, r.Annotations["runbook_url"])
			continue
		}
		delete(unused, name)
		text, err := os.ReadFile(filepath.Join(repository, "docs", "runbook", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# "+r.Alert+"\n") || !strings.Contains(string(text), "`"+r.Expr+"`") || !strings.Contains(string(text), "## What to do") {
			t.Errorf("%s is not the page of %s as it is: %s", name, r.Alert, r.Expr)
		}
		for _, link := range page.FindAllStringSubmatch(string(text), -1) {
			if !there[link[1]] {
				t.Errorf("%s leads to %s, which is no page", name, link[1])
			}
		}
	}
	for name := range unused {
		t.Errorf("%s is the page of no alert", name)
	}
}
