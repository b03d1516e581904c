package filter

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// Rate is a limit: Every a second on average, Burst at once.
type Rate struct {
	Every rate.Limit
	Burst int
}

// Limits makes limiters, and counts whom they refuse. Who is over a limit is a number in the metrics, and a line
// of the log if that was asked for.
type Limits struct {
	refused *prometheus.CounterVec
	log     *zap.Logger
}

// NewLimits registers the metric. A nil log is told nothing.
func NewLimits(metrics prometheus.Registerer, log *zap.Logger) (*Limits, error) {
	refused, err := counted(metrics, prometheus.CounterOpts{
		Name: "bellhop_gateway_limited_total", Help: "Calls and frames that a rate limit refused, by limit.",
	}, "limit")
	return &Limits{refused, log}, err
}

// Limiter holds one bucket for each key that has asked lately. A nil *Limiter lets everything pass.
type Limiter struct {
	name    string
	rate    Rate
	buckets *lru.Cache[string, *rate.Limiter]
	refused prometheus.Counter // nil for what is not counted
	log     *zap.Logger        // nil for none
}

// remembered is how many keys a limiter knows. A key that is pushed out begins with a full bucket again.
const remembered = 65536

// NewLimiter makes a limiter that nobody hears of: for what is left out without a harm.
func NewLimiter(r Rate) (*Limiter, error) {
	buckets, err := lru.New[string, *rate.Limiter](remembered)
	if err != nil {
		return nil, fmt.Errorf("make rate limiter: %w", err)
	}
	return &Limiter{rate: r, buckets: buckets}, nil
}

// Limiter makes a limiter, whose name the metric and the log tell.
func (l *Limits) Limiter(name string, r Rate) (*Limiter, error) {
	made, err := NewLimiter(r)
	if err != nil {
		return nil, err
	}
	made.name, made.refused, made.log = name, l.refused.WithLabelValues(name), l.log
	return made, nil
}

// Wait takes a token of the key and answers 0, or how long it will be until there is one.
func (l *Limiter) Wait(key string) time.Duration { return l.WaitFor(key, 1) }

// WaitFor is Wait for n tokens, which the burst must hold.
func (l *Limiter) WaitFor(key string, n int) time.Duration {
	if l == nil {
		return 0
	}
	bucket, ok := l.buckets.Get(key)
	if !ok {
		fresh := rate.NewLimiter(l.rate.Every, l.rate.Burst)
		if known, found, _ := l.buckets.PeekOrAdd(key, fresh); found {
			bucket = known
		} else {
			bucket = fresh
		}
	}
	reservation := bucket.ReserveN(time.Now(), n)
	delay := reservation.Delay()
	if delay > 0 {
		reservation.Cancel()
		l.tell(key)
	}
	return delay
}

// tell counts a refusal. A session is named as people see it: its id opens it.
func (l *Limiter) tell(key string) {
	if l.refused != nil {
		l.refused.Inc()
	}
	if l.log == nil {
		return
	}
	if session := id.Session(key); session.Own() {
		key = session.Short()
	}
	l.log.Info("refused by a rate limit", zap.String("limit", l.name), zap.String("of", key))
}

// TooMany answers 429.
func TooMany(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	httpserver.Error(w, http.StatusTooManyRequests, "rate_limited", "too many requests; try again after the time in Retry-After")
}

// Limited counts every call against its client's network, in the bucket that pick names; nil for none.
func Limited(p Proxies, pick func(*http.Request) *Limiter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if limiter := pick(r); limiter != nil {
			if wait := limiter.Wait(Network(p.ClientIP(r))); wait > 0 {
				TooMany(w, wait)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
