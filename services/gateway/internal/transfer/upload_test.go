package transfer_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestUploadThatIsCutOffLeavesNothingAndMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	id, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", u.RequestURI(), u.Host, len(gatewaytest.PNG), gatewaytest.PNG[:20]); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	s.WantError(s.Complete(session, id), http.StatusBadRequest, "unknown_attachment")
	bustest.Until(t, "the address is good again", func() bool { return s.Put(address, gatewaytest.PNG).Status == http.StatusOK })
	if got := s.Complete(session, id); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
}

func TestFileThatCannotBeStoredIsNotSaidToBe(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	_, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	s.NATS.Stop()
	got := s.Put(address, gatewaytest.PNG)
	s.WantError(got, http.StatusServiceUnavailable, "unavailable")
	if got.Header.Get("Retry-After") == "" {
		t.Error("the page is not told when to try again")
	}
}
