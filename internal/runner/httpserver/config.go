package httpserver

import (
	"net"
	"strconv"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// DefaultPort is PocketPing's, so that a deployment changes its image and nothing else.
const DefaultPort = 3001

// Config says where a service serves. It is a field of the service's own configuration.
type Config struct {
	// Addr is the address to listen on, "host:port"; port 0 takes a free one. It wins over Port.
	Addr string `env:"HTTP_ADDR" expect:"host:port or :port"`
	// Port listens on every interface. 0 means DefaultPort.
	Port int `env:"PORT" expect:"a port, 1 to 65535"`
	// Front, if there is one, is served on instead; Addr and Port don't count then.
	Front *Front
	// OnBound, if there is one, learns the address once it is bound, before anything is served.
	OnBound func(net.Addr)
}

// Validate checks the form of the address, not whether it is free.
func (c *Config) Validate() error {
	if c.Port < 0 || c.Port > 65535 {
		return &config.Error{Variable: "PORT", Found: strconv.Itoa(c.Port), Expected: "a port, 1 to 65535"}
	}
	return CheckAddr("HTTP_ADDR", c.Addr)
}

// CheckAddr returns a *config.Error about the variable unless addr is empty or has the form host:port.
func CheckAddr(variable, addr string) error {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if _, notPort := strconv.ParseUint(port, 10, 16); err != nil || notPort != nil {
		return &config.Error{Variable: variable, Found: strconv.Quote(addr), Expected: "host:port or :port"}
	}
	return nil
}

func (c *Config) address() string {
	switch {
	case c.Addr != "":
		return c.Addr
	case c.Port != 0:
		return ":" + strconv.Itoa(c.Port)
	}
	return ":" + strconv.Itoa(DefaultPort)
}

// Open binds the address, or joins the front. The site serves nothing until its Serve is called; whoever doesn't get
// that far calls Shutdown. The log gets what net/http has to say.
func (c *Config) Open(log *zap.Logger) (*Site, error) {
	site := &Site{front: c.Front, draining: make(chan struct{})}
	if c.Front == nil {
		front, err := Listen(c.address(), log)
		if err != nil {
			return nil, err
		}
		site.front, site.own = front, true
	}
	if c.OnBound != nil {
		c.OnBound(site.Addr())
	}
	return site, nil
}
