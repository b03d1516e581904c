package filter

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/sdk/guard"
)

// Guard keeps out addresses and programs that the site's owner does not want. A nil *Guard lets everybody in.
type Guard struct {
	proxies Proxies
	ip      *guard.IPFilter
	ua      *guard.UAFilter
	on      func() (ip, ua bool)
	logIP   bool
	logUA   bool
	status  int
	message string
	refused *prometheus.CounterVec
	log     *zap.Logger
}

// GuardOptions are a Guard's rules. Both filters are made, for either may be put on while everything runs.
type GuardOptions struct {
	Proxies Proxies
	IP      *guard.IPFilter
	UA      *guard.UAFilter
	// On tells which of them count now.
	On func() (ip, ua bool)
	// LogIP and LogUA have a line logged for each refusal.
	LogIP, LogUA bool
	// Status and Message are what who is refused is told.
	Status  int
	Message string
	Metrics prometheus.Registerer
	Log     *zap.Logger
}

// NewGuard makes a guard and registers its metric.
func NewGuard(o GuardOptions) (*Guard, error) {
	refused, err := counted(o.Metrics, prometheus.CounterOpts{
		Name: "bellhop_gateway_filtered_total", Help: "Requests of visitors that a filter refused, by filter and reason.",
	}, "filter", "reason")
	if err != nil {
		return nil, err
	}
	return &Guard{
		proxies: o.Proxies, ip: o.IP, ua: o.UA, on: o.On, logIP: o.LogIP, logUA: o.LogUA, status: o.Status, message: o.Message, log: o.Log, refused: refused,
	}, nil
}

// Handler lets pass who is wanted.
func (g *Guard) Handler(next http.Handler) http.Handler {
	if g == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.lets(r) {
			next.ServeHTTP(w, r)
			return
		}
		httpserver.Error(w, g.status, "filtered", g.message)
	})
}

func (g *Guard) lets(r *http.Request) bool {
	ip, ua := g.on()
	if ip {
		if result := g.ip.Check(g.proxies.ClientIP(r)); !result.Allowed {
			return g.refuse(r, "ip", result, g.logIP)
		}
	}
	if ua {
		if result := g.ua.Check(r.UserAgent()); !result.Allowed {
			return g.refuse(r, "user_agent", result, g.logUA)
		}
	}
	return true
}

func (g *Guard) refuse(r *http.Request, filter string, result guard.Result, log bool) bool {
	g.refused.WithLabelValues(filter, string(result.Reason)).Inc()
	if log {
		g.log.Info("visitor refused by a filter", zap.String("filter", filter), zap.String("reason", string(result.Reason)),
			zap.String("matched", result.Matched), zap.String("network", Network(g.proxies.ClientIP(r))), zap.String("path", r.URL.Path))
	}
	return false
}
