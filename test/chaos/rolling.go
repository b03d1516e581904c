package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/test/balance"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// rolling is a site with two gateways behind a balancer, and no platform: its team answers through the API.
type rolling struct {
	*cluster.Site
	front    *balance.Balancer
	gateways []string
	http     *http.Client
}

func openRolling(ctx context.Context, dir string) (*rolling, error) {
	bin, err := cluster.Build(ctx, "gateway", "sessions", "notifier", "inbound", "nats-server")
	if err != nil {
		return nil, err
	}
	r := &rolling{gateways: []string{"gateway"}, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
	if r.front, err = balance.Open(); err != nil {
		return nil, err
	}
	if r.Site, err = cluster.Split(ctx, bin, dir, cluster.Settings{}); err != nil {
		r.front.Close()
		return nil, err
	}
	second, err := r.Double(ctx, "gateway")
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.gateways = append(r.gateways, second)
	r.point()
	return r, nil
}

func (r *rolling) close() error {
	r.http.CloseIdleConnections()
	r.front.Close()
	return r.Close()
}

// point has the balancer send to the gateways there are.
func (r *rolling) point() {
	var addrs []string
	for _, name := range r.gateways {
		addrs = append(addrs, r.Addr(name))
	}
	r.front.Point(addrs...)
}

// roll replaces every gateway, as an orchestrator does that brings up the new ones before it ends the old ones one by one: who must move
// finds new ones only.
func (r *rolling) roll(ctx context.Context) (err error) {
	old := r.gateways
	r.gateways = nil
	newest := old[len(old)-1]
	for range old {
		if newest, err = r.Double(ctx, newest); err != nil {
			return err
		}
		r.gateways = append(r.gateways, newest)
	}
	r.point()
	for _, name := range old {
		if err := r.Stop(name); err != nil {
			return err
		}
	}
	return nil
}

// replyEvery is how often the team says something.
const replyEvery = 10 * time.Millisecond

// reply has the team say something through the API, again under its key until it is stored.
func (r *rolling) reply(ctx context.Context, v *talker, n int) error {
	word := fmt.Sprintf("word %04d from the API to %s.", n, v.name)
	body, err := json.Marshal(map[string]string{"content": word, "idempotencyKey": word})
	if err != nil {
		return err
	}
	for {
		try, cancel := context.WithTimeout(ctx, attempt)
		err := r.post(try, "/api/v1/sessions/"+v.SessionID()+"/reply", body)
		cancel()
		if err == nil {
			v.mu.Lock()
			v.answered = append(v.answered, answer{on: "api", content: word, at: time.Now()})
			v.mu.Unlock()
			return nil
		}
		if !visitor.Sleep(ctx, again) {
			return fmt.Errorf("%q was never accepted: %w", word, err)
		}
	}
}

func (r *rolling) post(ctx context.Context, path string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.front.URL()+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+cluster.APIKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := r.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", res.StatusCode)
	}
	return nil
}

// listening waits until every visitor has a socket.
func (c *crowd) listening(ctx context.Context) error {
	for _, v := range c.visitors {
		for v.Opened() == 0 {
			if !visitor.Sleep(ctx, look) {
				return fmt.Errorf("%s has no socket: %w", v.name, ctx.Err())
			}
		}
	}
	return nil
}

// reopenings notes when the sockets of a crowd were opened again, until stop is called.
func (c *crowd) reopenings() (stop func() []time.Time) {
	ctx, cancel := context.WithCancel(context.Background())
	var times []time.Time
	var wg sync.WaitGroup
	wg.Go(func() {
		seen := make([]int, len(c.visitors))
		for i, v := range c.visitors {
			seen[i] = v.Opened()
		}
		for visitor.Sleep(ctx, 5*time.Millisecond) {
			for i, v := range c.visitors {
				for now := v.Opened(); seen[i] < now; seen[i]++ {
					times = append(times, time.Now())
				}
			}
		}
	})
	return func() []time.Time {
		cancel()
		wg.Wait()
		return times
	}
}

// crest is how many times the fullest of n equal parts of the time has, against what each would have if they were even.
func crest(times []time.Time, n int) (most int, even float64) {
	if len(times) == 0 {
		return 0, 0
	}
	first := slices.MinFunc(times, time.Time.Compare)
	whole := slices.MaxFunc(times, time.Time.Compare).Sub(first) + 1
	counts := make([]int, n)
	for _, t := range times {
		counts[int(int64(t.Sub(first))*int64(n)/int64(whole))]++
	}
	return slices.Max(counts), float64(len(times)) / float64(n)
}
