package pusher

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestStateSaysWhichAddressFailsAndWhichNobodyTells(t *testing.T) {
	w := newWorld(t)
	dead, alive := w.receiver(), w.receiver()
	dead.always(500)
	stop := w.serve(w.config(dead.URL, alive.URL), true)
	alive.takes(w.occupy(1))
	states := func() []State {
		all, err := States(t.Context(), w.bus, id.Default)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	bustest.Until(t, "the state says so", func() bool {
		all := states()
		return len(all) == 2 && all[0].Name == "pusher-1" && all[0].App == appID && all[0].Served && !all[0].Failing.IsZero() &&
			all[1].Name == "pusher-2" && all[1].Served && all[1].Failing.IsZero() && !all[1].Noted.IsZero()
	})
	stop()
	bustest.Until(t, "nobody tells them", func() bool {
		all := states()
		return len(all) == 2 && !all[0].Served && !all[1].Served
	})
	if all, err := States(t.Context(), w.bus, "another"); err != nil || len(all) > 0 {
		t.Errorf("of another project: %v, %v", all, err)
	}
}
