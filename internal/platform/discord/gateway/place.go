package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"go.uber.org/zap"
)

// Identifies are counted by Discord: whoever begins more than 1000 sessions in a day gets a new token.
// https://discord.com/developers/docs/events/gateway#rate-limiting
const (
	// identifyEvery is the least between two, in pauses: Discord allows one in 5 seconds.
	identifyEvery = 5
	// identifyAlert is how many in a day are more than a network explains.
	identifyAlert = 100
)

var errAddress = errors.New("not a wss address")

// where is the address of the next connection: where the session is, or where sessions begin, once one may be begun.
func (c *client) where(ctx context.Context) (string, error) {
	if c.session.resumable() && c.session.ResumeURL != "" && c.failures < resumeTries {
		return address(c.session.ResumeURL)
	}
	info, err := c.Info(ctx)
	if err != nil {
		return "", fmt.Errorf("ask where the gateway is: %w", err)
	}
	if c.session.resumable() {
		return address(info.URL)
	}
	if used := info.Limit.Total - info.Limit.Remaining; used > identifyAlert {
		c.Log.Warn("sessions are begun too often", zap.Int("today", used), zap.Int("left", info.Limit.Remaining))
	}
	if info.Limit.Total > 0 && info.Limit.Remaining <= 0 {
		c.Tell(fmt.Sprintf("no session may be begun for %s: too many were", info.Limit.Reset().Round(time.Second)))
		if !sleep(ctx, info.Limit.Reset()) {
			return "", ctx.Err()
		}
	}
	if wait := identifyEvery*c.Pause - time.Since(c.identified); wait > 0 && !sleep(ctx, wait) {
		return "", ctx.Err()
	}
	return address(info.URL)
}

// address adds the version. The token goes there, so it must be encrypted, unless it stays on this machine.
func address(gateway string) (string, error) {
	u, err := url.Parse(gateway)
	if err != nil || u.Host == "" {
		return "", errAddress
	}
	addr, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	if u.Scheme != "wss" && (u.Scheme != "ws" || !here) {
		return "", errAddress
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = url.Values{"v": {"10"}, "encoding": {"json"}}.Encode()
	return u.String(), nil
}
