package chaos

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// TestProvenVisitorIsFoundAgainAfterEverythingWasKilled kills the whole installation with -9 between one device of a customer and the
// next: each goes on with the conversation of those before.
func TestProvenVisitorIsFoundAgainAfterEverythingWasKilled(t *testing.T) {
	const secret, ada = "the site's own secret of 32 bytes or more", "customer ada"
	bin, err := cluster.Build(t.Context(), "bellhop")
	if err != nil {
		t.Fatal(err)
	}
	site, err := cluster.Up(t.Context(), bin, t.TempDir(), cluster.Settings{Env: []string{"IDENTITY_SECRET=" + secret}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(ada))
	arrives := func(proof string) *visitor.Visitor {
		return visitor.Arrive(t, visitor.Options{URL: site.URL, HTTP: http.DefaultClient, Reconnect: visitor.Stubborn,
			Identity: map[string]any{"id": ada, "userHash": proof}})
	}
	laptop := arrives(hex.EncodeToString(mac.Sum(nil)))
	laptop.Says("from device 0")
	for n := range 3 {
		if err := site.Kill9("bellhop"); err != nil {
			t.Fatal(err)
		}
		if err := site.Restart(t.Context(), "bellhop"); err != nil {
			t.Fatalf("%v\n%s", err, site.Tail("bellhop"))
		}
		device := arrives(hex.EncodeToString(mac.Sum(nil)))
		if device.SessionID() != laptop.SessionID() {
			t.Fatalf("after kill %d device %d is in another conversation\n%s", n+1, n+1, site.Tail("bellhop"))
		}
		device.Sees(fmt.Sprintf("from device %d", n))
		device.Says(fmt.Sprintf("from device %d", n+1))
		laptop.Sees(fmt.Sprintf("from device %d", n+1))
		if stranger := arrives(hex.EncodeToString(make([]byte, sha256.Size))); stranger.SessionID() == laptop.SessionID() {
			t.Fatal("whoever proves nothing is in her conversation")
		}
	}
}
