package telegram

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Server is one simulated Telegram: a bot, a group, its operators. Build it with New.
type Server struct {
	opts  Options
	clock *clock.Clock
	log   *zap.Logger

	methods map[string]method // read only

	mu      sync.Mutex
	world   *world
	rng     *rand.Rand
	limits  *limiter
	faults  *faultBook
	reqs    *requestLog
	posts   *deliveryLog
	engine  engine
	poll    poller
	watch   watch
	strange warnings

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	http   *http.Server
	url    string
}

// New builds a simulator that does not listen yet. It panics if Options.Token is malformed, because a
// simulator is made by tests and mains with literal options.
func New(o Options) *Server {
	o = o.withDefaults()
	rng := rand.New(rand.NewSource(o.Seed))
	w, err := newWorld(o, rng)
	if err != nil {
		panic("telegram simulator: " + err.Error())
	}
	s := &Server{opts: o, clock: o.Clock, log: o.Logger, methods: methodTable(), world: w, rng: rng}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.watch = newWatch()
	s.limits = newLimiter(o.Budget)
	s.faults = newFaultBook()
	s.reqs = newRequestLog(o.RequestLog)
	s.posts = newDeliveryLog(o.RequestLog)
	s.strange = warnings{seen: map[Warning]int{}}
	s.engine = newEngine()
	return s
}

// Start listens and serves until ctx ends or Close is called.
func (s *Server) Start(ctx context.Context) error {
	host, _, err := net.SplitHostPort(s.opts.Addr)
	if err != nil {
		return fmt.Errorf("parse address: %w", err)
	}
	if s.opts.URL == "" && !isLoopback(host) {
		return ErrNotLoopback
	}
	listener, err := net.Listen("tcp", s.opts.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.url = cmp.Or(s.opts.URL, "http://"+listener.Addr().String())
	s.http = &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: zap.NewStdLog(s.log),
	}
	s.wg.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("serve", zap.Error(err))
		}
	})
	context.AfterFunc(ctx, s.Close)
	s.log.Info("telegram simulator listens", zap.String("url", s.url))
	return nil
}

// Close ends every request, delivery and wait, and returns when all is quiet. It may be called again.
func (s *Server) Close() {
	s.mu.Lock()
	s.cancel() // under the lock, so that no delivery starts after it
	s.mu.Unlock()
	if s.http != nil {
		s.stopServing()
	}
	s.wg.Wait()
	s.engine.client.CloseIdleConnections()
}

// stopServing lets the handlers that s.ctx has just ended return, and cuts whoever does not.
func (s *Server) stopServing() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}

// URL is the base URL after Start: methods at URL()/bot<token>/<method>, the page at URL().
func (s *Server) URL() string { return s.url }

// Seed is what this simulator's chances and ids come from; print it when a test fails.
func (s *Server) Seed() int64 { return s.opts.Seed }

// Clock is the time the simulator lives in.
func (s *Server) Clock() *clock.Clock { return s.clock }

// Token is the bot token that is valid now.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Token
}

// ChatID is the id of the group; it changes with Migrate.
func (s *Server) ChatID() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Home
}

// Handler serves the Bot API under /bot and /file, the control API under /_sim and the page under /.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.serveRoot)
	// A page of another site must not press buttons here; programs send no Origin and pass.
	control := http.NewServeMux()
	s.controlRoutes(control)
	mux.Handle("/_sim/", http.NewCrossOriginProtection().Handler(control))
	return mux
}

// home is the chat that helpers mean. The caller holds mu.
func (s *Server) home() *group { return s.world.Chats[s.world.Home] }

// chatOf is the chat with that id (0: home), after its migrations; nil if there is none. The caller holds mu.
func (s *Server) chatOf(id int64) *group {
	if id == 0 {
		return s.home()
	}
	g := s.world.Chats[id]
	for g != nil && g.MigratedTo != 0 {
		g = s.world.Chats[g.MigratedTo]
	}
	return g
}

// groups are the chats that are in use, the home first and the others by id. The caller holds mu.
func (s *Server) groups() []*group {
	all := []*group{s.home()}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(s.world.Chats))) {
		if g := s.world.Chats[id]; g.MigratedTo == 0 && id != s.world.Home {
			all = append(all, g)
		}
	}
	return all
}
