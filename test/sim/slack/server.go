package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/watch"
)

// Server is one simulated workspace: an app, a channel, its operators. Build it with New.
type Server struct {
	opts  Options
	clock *clock.Clock
	log   *zap.Logger

	methods map[string]method // read only
	faults  *fault.Book
	watch   *watch.Watch

	mu      sync.Mutex
	world   *world
	rng     *rand.Rand
	limits  *limiter
	reqs    *requestLog
	posts   *deliveryLog
	strange warnings
	engine  engine
	sockets sockets

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	http   *http.Server
	base   string
}

// New builds a simulator that does not listen yet.
func New(o Options) *Server {
	o = o.withDefaults()
	rng := rand.New(rand.NewSource(o.Seed))
	s := &Server{
		opts: o, clock: o.Clock, log: o.Logger, methods: methodTable(), watch: watch.New(), rng: rng, world: newWorld(o, rng),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.faults = fault.NewBook(o.Clock, o.Seed, s.watch.Touch)
	s.limits = newLimiter(o.Budget)
	s.reqs, s.posts = newRequestLog(o.RequestLog), newDeliveryLog(o.RequestLog)
	s.strange = newWarnings()
	s.engine = newEngine(s.ctx)
	s.sockets = newSockets()
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
	s.base = cmp.Or(s.opts.URL, "http://"+listener.Addr().String())
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
	s.log.Info("slack simulator listens", zap.String("url", s.base))
	return nil
}

// Close ends every request, delivery, socket and wait, and returns when all is quiet. It may be called again.
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

// URL is the base of the Web API after Start; it ends in /api/.
func (s *Server) URL() string { return s.base + "/api/" }

// PageURL is where the operators' page is.
func (s *Server) PageURL() string { return s.base }

// WebhookURL is the app's incoming webhook into the channel.
func (s *Server) WebhookURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base + "/services/" + TeamID + "/" + BotID + "/" + s.world.HookSecret
}

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

// AppToken is the app-level token for Socket Mode.
func (s *Server) AppToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.AppToken
}

// SigningSecret is what deliveries are signed with.
func (s *Server) SigningSecret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Secret
}

// ChannelID is the id of the channel that helpers mean.
func (s *Server) ChannelID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Home
}

// Handler serves the Web API under /api/, files, sockets and hooks beside it, the control API under /_sim/ and the page
// under /.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveMethod)
	mux.HandleFunc("POST /upload/v1/{secret}", s.serveUpload)
	mux.HandleFunc("GET /files-pri/{id}/{rest...}", s.serveFile)
	mux.HandleFunc("POST /services/{team}/{bot}/{secret}", s.serveWebhook)
	mux.HandleFunc("POST /respond/{id}", s.serveResponse)
	mux.HandleFunc("GET /link/", s.serveSocket)
	mux.HandleFunc("GET /archives/{channel}/{p}", s.followPermalink)
	mux.HandleFunc("/{$}", s.servePage)
	// A page of another site must not press buttons here; programs send no Origin and pass.
	control := http.NewServeMux()
	s.controlRoutes(control)
	mux.Handle("/_sim/", http.NewCrossOriginProtection().Handler(control))
	return mux
}

// home is the channel that helpers mean. The caller holds mu.
func (s *Server) home() *channel { return s.world.Channels[s.world.Home] }

// touch wakes every waiter.
func (s *Server) touch() { s.watch.Touch() }

// spawn runs something until the simulator closes. The caller holds mu, so that nothing starts after Close.
func (s *Server) spawn(run func()) {
	if s.ctx.Err() == nil {
		s.wg.Go(run)
	}
}
