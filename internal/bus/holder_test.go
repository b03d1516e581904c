package bus

import (
	"os"
	"testing"
)

func TestHolderIsReadWhicheverVersionWroteTheLease(t *testing.T) {
	host, _ := os.Hostname()
	now := holderOf(inscribe("an owner"))
	if now != (Holder{Owner: "an owner", Host: host, PID: os.Getpid()}) {
		t.Errorf("%+v", now)
	}
	for value, want := range map[string]Holder{
		"":                            {},
		"0198-abc TERM":               {Owner: "0198-abc"},
		"0198-abc TERM pod=2D1 12":    {Owner: "0198-abc", PID: 12}, // not in its one spelling
		"0198-abc TERM pod-1 12 more": {Owner: "0198-abc", Host: "pod-1", PID: 12},
		"=zz TERM pod-1 many":         {Host: "pod-1"},
	} {
		if got := holderOf(value); got != want {
			t.Errorf("%q is %+v, want %+v", value, got, want)
		}
	}
	if first, second := inscribe("an owner"), inscribe("an owner"); first == second {
		t.Error("two terms look the same")
	}
}
