package top

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

const (
	// readTimeout bounds one address, so that a process that hangs does not keep the others from being shown.
	readTimeout = 3 * time.Second
	// maxReading is the most that is read of an address, in bytes: a process has some 200 KB.
	maxReading = 16 << 20
)

// Reading is what the processes' metrics said at one moment.
type Reading struct {
	At       time.Time
	Families map[string][]*dto.Metric
	// Silent are the addresses that did not answer, with why.
	Silent []string
}

// Read reads all addresses. It fails when none answers.
func Read(ctx context.Context, client *http.Client, addresses []string) (Reading, error) {
	r := Reading{At: time.Now(), Families: map[string][]*dto.Metric{}}
	var failed []error
	for _, address := range addresses {
		families, err := readOne(ctx, client, URL(address))
		if err != nil {
			failed = append(failed, err)
			r.Silent = append(r.Silent, err.Error())
			continue
		}
		for name, family := range families {
			r.Families[name] = append(r.Families[name], family.GetMetric()...)
		}
	}
	if len(failed) == len(addresses) {
		return r, errors.Join(failed...)
	}
	return r, nil
}

// URL is where the metrics of an address are: host:port alone will do.
func URL(address string) string {
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	if strings.Count(address, "/") == 2 {
		address += "/metrics"
	}
	return address
}

func readOne(ctx context.Context, client *http.Client, url string) (map[string]*dto.MetricFamily, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read metrics: %s answers %s", url, res.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(res.Body, maxReading))
	if err != nil {
		return nil, fmt.Errorf("read metrics of %s: %w", url, err)
	}
	return families, nil
}

// labels of a metric that are asked for; a value that begins with ~ is looked for inside.
type labels map[string]string

func (want labels) match(m *dto.Metric) bool {
	for name, value := range want {
		got := label(m, name)
		if inside, loose := strings.CutPrefix(value, "~"); loose && !strings.Contains(got, inside) || !loose && got != value {
			return false
		}
	}
	return true
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// sum adds counters and gauges.
func (r Reading) sum(name string, want labels) (total float64) {
	for _, m := range r.Families[name] {
		if want.match(m) {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return total
}

// most is the largest of several processes' gauges that tell the same.
func (r Reading) most(name string, want labels) (most float64) {
	for _, m := range r.Families[name] {
		if want.match(m) {
			most = max(most, m.GetGauge().GetValue())
		}
	}
	return most
}

// values of a label that there are.
func (r Reading) values(name, of string) (all []string) {
	seen := map[string]bool{}
	for _, m := range r.Families[name] {
		if v := label(m, of); !seen[v] {
			seen[v] = true
			all = append(all, v)
		}
	}
	return all
}
