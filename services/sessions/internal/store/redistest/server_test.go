package redistest

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServerComesBackWithWhatItHadOnDisk(t *testing.T) {
	s := Start(t, "--appendonly", "yes", "--appendfsync", "always")
	s.Do("SET", "bellhop:x", "kept")
	s.Kill()
	if _, err := s.ask("PING"); err == nil {
		t.Fatal("a killed server answers")
	}
	s.Restart()
	if got := s.Do("GET", "bellhop:x"); got != "kept" {
		t.Fatalf("after the restart the value is %q", got)
	}
}
