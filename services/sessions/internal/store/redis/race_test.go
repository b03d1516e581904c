package redis

import (
	"context"
	"errors"
	"slices"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/storetest"
)

// interloper does something right after a store's n-th pipeline.
type interloper struct {
	mortal
	after int
	do    func()
}

func (i *interloper) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		err := next(ctx, cmds)
		if i.after--; i.after == 0 {
			i.do()
		}
		return err
	}
}

// overtaken opens a store that is overtaken after so many pipelines by one that commits eight events.
func overtaken(t *testing.T, after int) (slow, fast *Store) {
	t.Helper()
	url := redistest.Start(t).URL()
	slow, fast = mustOpen(t, url), mustOpen(t, url)
	slow.client.AddHook(&interloper{mortal: mortal{left: -1}, after: after, do: func() {
		if _, err := storetest.Fold(t.Context(), fast, 8, 8); err != nil {
			t.Errorf("the overtaking commit: %v", err)
		}
	}})
	return slow, fast
}

func TestCommitterOvertakenAfterItsLookChangesNothing(t *testing.T) {
	slow, fast := overtaken(t, 2) // the load and the look
	if _, err := storetest.Fold(t.Context(), slow, 2, 2); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("the overtaken commit: %v", err)
	}
	if floor, err := fast.Floor(t.Context(), 3); err != nil || floor != 8 {
		t.Fatalf("the floor is %d, %v", floor, err)
	}
	storetest.CheckFolded(t, fast, 8)
	records, _, err := fast.Sessions(t.Context(), id.Default, "", 3, "")
	if err != nil {
		t.Fatal(err)
	}
	var seqs []uint64
	for _, r := range records {
		seqs = append(seqs, r.GetSeq())
	}
	if !slices.Equal(seqs, []uint64{8, 7, 6}) {
		t.Fatalf("the late index entries changed the list's order to %d", seqs)
	}
}

func TestFloorOvertakenAfterTheLookConflicts(t *testing.T) {
	slow, fast := overtaken(t, 1)
	if err := slow.Commit(t.Context(), store.Change{Part: 3, Through: 2}); !errors.Is(err, store.ErrConflict) {
		t.Fatalf("the overtaken commit: %v", err)
	}
	if floor, err := fast.Floor(t.Context(), 3); err != nil || floor != 8 {
		t.Fatalf("the floor is %d, %v", floor, err)
	}
}
