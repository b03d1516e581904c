package discord

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/watch"
)

// Server is one simulated Discord: a bot, a guild, its operators, their channel. Build it with New.
type Server struct {
	opts   Options
	clock  *clock.Clock
	log    *zap.Logger
	faults *fault.Book
	watch  *watch.Watch
	key    ed25519.PrivateKey
	client *http.Client // to the interactions endpoint

	mu      sync.Mutex
	world   *world
	rng     *rand.Rand
	limits  *limiter
	gateway gateway
	reqs    *requestLog
	posts   *deliveryLog
	strange warnings

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	http   *http.Server
	url    string
}

// New builds a simulator that does not listen yet. It panics if a literal option makes no sense, because a simulator is
// made by tests and mains.
func New(o Options) *Server {
	o = o.withDefaults()
	if strings.ContainsAny(o.Token, " \t\r\n") || !isID(o.ChannelID) || !isID(o.GuildID) {
		panic("discord simulator: want a token without spaces, and snowflakes as channel and guild id")
	}
	seed := sha256.Sum256(fmt.Appendf(nil, "bellhop simulator %d", o.Seed))
	s := &Server{
		opts: o, clock: o.Clock, log: o.Logger, watch: watch.New(), key: ed25519.NewKeyFromSeed(seed[:]),
		client: newEndpointClient(), world: newWorld(o), rng: rand.New(rand.NewSource(o.Seed)),
		limits: newLimiter(o.Budget), gateway: newGateway(), reqs: newRequestLog(o.RequestLog),
		posts: newDeliveryLog(o.RequestLog), strange: warnings{seen: map[Warning]int{}},
	}
	s.faults = fault.NewBook(s.clock, o.Seed, s.watch.Touch)
	s.ctx, s.cancel = context.WithCancel(context.Background())
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
	s.log.Info("discord simulator listens", zap.String("url", s.url))
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close ends every request, connection and wait, and returns when all is quiet. It may be called again.
func (s *Server) Close() {
	s.mu.Lock()
	s.cancel() // under the lock, so that no delivery starts after it
	s.mu.Unlock()
	if s.http != nil {
		s.stopServing()
	}
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

// stopServing lets the handlers that s.ctx has just ended return, and cuts whoever does not.
func (s *Server) stopServing() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}

// URL is the base of the REST API after Start; it ends in /api/v10.
func (s *Server) URL() string { return s.url + "/api/v10" }

// PageURL is where people look; the control API is under PageURL()/_sim/.
func (s *Server) PageURL() string { return s.url + "/" }

// GatewayURL is where the gateway is, as GET /gateway/bot says.
func (s *Server) GatewayURL() string {
	return strings.Replace(s.url, "http://", "ws://", 1) + "/gateway"
}

// PublicKey verifies interactions; in hex, as the portal shows it.
func (s *Server) PublicKey() string { return hex.EncodeToString(s.key.Public().(ed25519.PublicKey)) }

// Seed is what this simulator's chances come from; print it when a test fails.
func (s *Server) Seed() int64 { return s.opts.Seed }

// Clock is the time the simulator lives in.
func (s *Server) Clock() *clock.Clock { return s.clock }

// Now is the simulator's time.
func (s *Server) Now() time.Time { return s.clock.Now() }

// Token is the bot token that is valid now.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Token
}

// ChannelID is the operators' channel.
func (s *Server) ChannelID() string { return s.opts.ChannelID }

// GuildID is the guild.
func (s *Server) GuildID() string { return s.opts.GuildID }

// ApplicationID is the application's id, which is the bot's user id as well.
func (s *Server) ApplicationID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.App.ID
}

// Handler serves the REST API under /api, the gateway, the CDN, the control API under /_sim/ and the page.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", s.apiRoutes())
	mux.HandleFunc("GET /gateway", s.serveGateway)
	mux.HandleFunc("GET /gateway/", s.serveGateway)
	mux.HandleFunc("GET /cdn/attachments/{channel}/{id}/{name}", s.serveAttachment)
	mux.HandleFunc("GET /{$}", s.servePage)
	// A page of another site must not press buttons here; programs send no Origin and pass.
	control := http.NewServeMux()
	s.controlRoutes(control)
	mux.Handle("/_sim/", http.NewCrossOriginProtection().Handler(control))
	return mux
}
