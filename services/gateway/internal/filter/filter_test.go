package filter

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestIPv6ClientIsCountedAsItsNetwork(t *testing.T) {
	for ip, want := range map[string]string{"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64"} {
		if got := Network(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s is %s", ip, got)
		}
	}
	if got := Network(netip.Addr{}); got == "" {
		t.Error("no address has no name")
	}
}

func TestLimitIsEachKeysOwnAndRefills(t *testing.T) {
	l, err := NewLimiter(Rate{Every: 100, Burst: 3})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if l.Wait("a") != 0 {
			t.Fatal("refused within the burst")
		}
	}
	wait := l.Wait("a")
	if wait <= 0 || wait > 10*time.Millisecond || l.Wait("b") != 0 {
		t.Errorf("wait %s", wait)
	}
	for begun := time.Now(); l.Wait("a") > 0; {
		if time.Since(begun) > 10*time.Second {
			t.Fatal("it never refills")
		}
	}
	var none *Limiter
	if none.Wait("a") != 0 {
		t.Error("no limiter limits")
	}
}

func TestManyAtOnceGetNoMoreThanTheBurst(t *testing.T) {
	l, err := NewLimiter(Rate{Every: 0.001, Burst: 5})
	if err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if l.Wait("a") == 0 {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 5 {
		t.Errorf("%d passed", passed.Load())
	}
	for i := range 2 * remembered {
		l.Wait(fmt.Sprint(i))
	}
	if n := l.buckets.Len(); n > remembered {
		t.Errorf("%d buckets are remembered", n)
	}
	w := httptest.NewRecorder()
	TooMany(w, time.Millisecond)
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "rate_limited") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}
