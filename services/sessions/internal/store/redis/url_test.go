package redis

import (
	"errors"
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

func TestURLNamesOneRedisOrACluster(t *testing.T) {
	for url, want := range map[string][]string{
		"redis://localhost":                          {"localhost:6379"},
		"redis://user:p%40ss@redis.shop:6380/2":      {"redis.shop:6380"},
		"rediss://:secret@redis.shop":                {"redis.shop:6379"},
		"unix:///run/redis.sock?db=1":                {"/run/redis.sock"},
		"redis://a:1,b:2,c":                          {"a:1", "b:2", "c:6379"},
		"rediss://user:p%40ss@a,b:2/?read_timeout=1": {"a:6379", "b:2"},
		"redis://[::1]:1,[::1]:2,[::2]":              {"[::1]:1", "[::1]:2", "[::2]:6379"},
	} {
		s, err := Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		var got []string
		var user, password string
		var tls bool
		switch c := s.client.(type) {
		case *goredis.Client:
			o := c.Options()
			got, user, password, tls = []string{o.Addr}, o.Username, o.Password, o.TLSConfig != nil
		case *goredis.ClusterClient:
			o := c.Options()
			got, user, password, tls = o.Addrs, o.Username, o.Password, o.TLSConfig != nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", url, got, want)
		}
		if strings.Contains(url, "p%40ss") && (user != "user" || password != "p@ss") {
			t.Errorf("%s has user %q and password %q", url, user, password)
		}
		if tls != strings.HasPrefix(url, "rediss") {
			t.Errorf("%s has TLS: %v", url, tls)
		}
		_ = s.Close()
	}
}

// hostile are URLs whose password, "hunter2", a parser would quote.
var hostile = []string{
	"", "hunter2", "http://:hunter2@localhost", "redis://:hunter2/@localhost", "redis://:hun/hunter2@localhost", "redis://:hunter2@localhost/hunter2",
	"redis://:hunter2@local host", "redis://:hunter2%zz@localhost", "redis://user:hunter2@localhost:hunter2", "redis://localhost/0?hunter2=1",
	"redis://:hunter2@a,b/3", "redis://:hunter2@a,,b", "redis://:hunter2@,a", "redis://:hunter2@a,b?hunter2=1", "redis://:hunter2%zz@a,b", "redis://:hunter2@a,b?%zz",
	"redis://x:hunter2@a?addr=b", "unix://:hunter2@", "\x7fredis://:hunter2@localhost",
}

func TestURLErrorsNeverShowThePassword(t *testing.T) {
	for _, url := range hostile {
		s, err := Open(url)
		if err == nil {
			t.Errorf("%q was accepted", url)
			_ = s.Close()
		} else if strings.Contains(err.Error(), "hunter2") || !errors.Is(err, ErrURL) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestConnectionErrorsNeverShowThePassword(t *testing.T) {
	server := redistest.Start(t)
	server.Do("CONFIG", "SET", "requirepass", "other")
	for _, url := range []string{
		strings.Replace(server.URL(), "://", "://:hunter2@", 1), "redis://user:hunter2@127.0.0.1:1/3", "redis://user:hunter2@127.0.0.1:1,127.0.0.1:1",
	} {
		s := mustOpen(t, url)
		_, err := s.Floor(t.Context(), 0)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
		if err := s.Ping(t.Context()); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, url := range hostile {
		f.Add(url)
	}
	f.Add("redis://user:pass@a:1,b/?read_timeout=3s")
	// All that an error may tell is the scheme.
	known := map[string]bool{}
	for _, scheme := range []string{"redis", "rediss", "unix", "other"} {
		known[malformed(scheme+"://").Error()] = true
	}
	f.Fuzz(func(t *testing.T, url string) {
		s, err := Open(url)
		if err == nil {
			_ = s.Close()
		} else if !known[err.Error()] {
			t.Fatalf("the error tells more than the scheme: %v", err)
		}
	})
}
