package bustest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// chunk is how the bus cuts objects.
const chunk = 128 << 10

// noise is bytes that repeat nowhere, the same for the same size.
func noise(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(b) // never fails
	return b
}

// put stores bytes; on a cluster the store may not be there at the first try.
func (w *world) put(b *bus.Bus, name string, body []byte, spec bus.ObjectSpec) (object bus.Object, err error) {
	w.Helper()
	err = w.patiently(func(ctx context.Context) error {
		object, err = b.Objects().Put(ctx, name, bytes.NewReader(body), spec)
		return err
	})
	return object, err
}

func (w *world) get(name string) []byte {
	w.Helper()
	r, _, err := w.bus.Objects().Get(w.context(), name)
	w.must(err)
	body, err := io.ReadAll(r)
	w.must(err)
	w.must(r.Close())
	return body
}

func objectComesBack(_ *testing.T, w *world) {
	meta := map[string]string{"filename": "größe.png", "empty": ""}
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3*chunk + 7} {
		name, body := fmt.Sprint(w.name, "/odd. *name>/", size), noise(size)
		stored, err := w.put(w.bus, name, body, bus.ObjectSpec{Meta: meta, Max: int64(size), Size: int64(size)})
		w.must(err)
		sum := sha256.Sum256(body)
		info, err := w.connect().Objects().Info(w.context(), name)
		w.must(err)
		for _, o := range []bus.Object{stored, info} {
			if o.Name != name || o.Size != int64(size) || o.Digest != hex.EncodeToString(sum[:]) || !maps.Equal(o.Meta, meta) || o.Stored.IsZero() {
				w.Errorf("%d bytes are known as %+v", size, o)
			}
		}
		if !bytes.Equal(w.get(name), body) {
			w.Errorf("%d bytes came back otherwise", size)
		}
	}
	if _, _, err := w.bus.Objects().Get(w.context(), w.name+"/none"); !errors.Is(err, bus.ErrNoObject) {
		w.Errorf("what was never stored: %v", err)
	}
}

func objectIsReadOutside(_ *testing.T, w *world) {
	body := noise(2*chunk + 1)
	_, err := w.put(w.bus, w.name, body, bus.ObjectSpec{})
	w.must(err)
	files, err := w.jetstream().ObjectStore(w.context(), "BELLHOP_FILES")
	w.must(err)
	// It asks any replica, and one may lag.
	w.until("NATS's own client to read the same", func() bool {
		got, err := files.GetBytes(w.context(), w.name)
		return err == nil && bytes.Equal(got, body)
	})
}

func objectNameIsGivenOnce(_ *testing.T, w *world) {
	_, err := w.put(w.bus, w.name+"/first", nil, bus.ObjectSpec{}) // makes the store, so that the race is about the name
	w.must(err)
	bodies := make([][]byte, 4)
	for n := range bodies {
		bodies[n] = noise(chunk + n)
	}
	winners := w.race(bus.ErrObjectExists, func(b *bus.Bus, n int) error {
		_, err := w.put(b, w.name, bodies[n], bus.ObjectSpec{})
		return err
	})
	if len(winners) != 1 {
		w.Fatalf("%v have stored under the same name", winners)
	}
	if !bytes.Equal(w.get(w.name), bodies[winners[0]]) {
		w.Error("what stands there is not the winner's")
	}
	w.must(w.bus.Objects().Delete(w.context(), w.name))
	if _, err := w.put(w.bus, w.name, bodies[0], bus.ObjectSpec{}); !errors.Is(err, bus.ErrObjectExists) {
		w.Errorf("the name was given again: %v", err)
	}
}

func objectIsNotAsAnnounced(_ *testing.T, w *world) {
	body := noise(chunk + 10)
	size := int64(len(body))
	for want, spec := range map[error][]bus.ObjectSpec{
		bus.ErrTooLarge:   {{Max: size - 1}, {Max: 1}, {Max: size - 1, Size: size}},
		bus.ErrObjectSize: {{Size: size - 1}, {Size: size + 1}, {Size: 1}},
	} {
		for _, s := range spec {
			if _, err := w.put(w.bus, w.name, body, s); !errors.Is(err, want) {
				w.Errorf("%+v: %v, want %v", s, err, want)
			}
		}
	}
	broken := errors.New("the sender has gone")
	_, err := w.bus.Objects().Put(w.context(), w.name, io.MultiReader(bytes.NewReader(body), iotest.ErrReader(broken)), bus.ObjectSpec{})
	if !errors.Is(err, broken) {
		w.Errorf("cut off: %v", err)
	}
	if _, err := w.bus.Objects().Info(w.context(), w.name); !errors.Is(err, bus.ErrNoObject) {
		w.Errorf("something is stored: %v", err)
	}
	_, err = w.put(w.bus, w.name, body, bus.ObjectSpec{Size: size}) // the name was not used up
	w.must(err)
}

func nothingIsLeft(_ *testing.T, w *world) {
	objectIsNotAsAnnounced(w.T, w)
	objectNameIsGivenOnce(w.T, &world{T: w.T, site: w.site, bus: w.bus, name: w.name + "-raced", project: w.project})
	w.must(w.bus.Objects().Delete(w.context(), w.name))
	if n := w.chunks(); n != 0 {
		w.Errorf("%d chunks are left", n)
	}
}

func objectIsReadFromAnyPlace(_ *testing.T, w *world) {
	body := noise(3*chunk + 7)
	_, err := w.put(w.bus, w.name, body, bus.ObjectSpec{})
	w.must(err)
	r, _, err := w.bus.Objects().Get(w.context(), w.name)
	w.must(err)
	for _, from := range []int64{0, chunk, chunk - 3, 2*chunk + 1, 5, int64(len(body)) - 1, int64(len(body)), 3 * chunk} {
		at, err := r.Seek(from, io.SeekStart)
		w.must(err)
		got := make([]byte, min(10, len(body)-int(at)))
		_, err = io.ReadFull(r, got)
		w.must(err)
		if !bytes.Equal(got, body[at:at+int64(len(got))]) {
			w.Errorf("other bytes at %d", from)
		}
	}
	if end, err := r.Seek(0, io.SeekEnd); err != nil || end != int64(len(body)) {
		w.Errorf("the end is at %d: %v", end, err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		w.Errorf("after the end: %v", err)
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		w.Error("a place before the beginning was taken")
	}
}

func objectIsStoredWhileItComes(_ *testing.T, w *world) {
	sent, sending := io.Pipe()
	stored := make(chan error, 1)
	go func() {
		_, err := w.bus.Objects().Put(w.context(), w.name, sent, bus.ObjectSpec{})
		stored <- err
	}()
	body := noise(3 * chunk)
	for n := range 3 { // the sender waits for the store, chunk by chunk
		_, err := sending.Write(body[n*chunk : (n+1)*chunk])
		w.must(err)
		w.until("the chunk is stored", func() bool { return w.chunks() == n+1 })
	}
	w.must(sending.Close())
	w.must(await(w, "the object is stored", stored))
	if !bytes.Equal(w.get(w.name), body) {
		w.Error("other bytes came back")
	}
}

// chunks is how many chunks the bus holds of all objects.
func (w *world) chunks() (n int) {
	w.Helper()
	stream, err := w.jetstream().Stream(w.context(), "OBJ_BELLHOP_FILES")
	w.must(err)
	info, err := stream.Info(w.context(), jetstream.WithSubjectFilter("$O.BELLHOP_FILES.C.>"))
	w.must(err)
	for _, count := range info.State.Subjects {
		n += int(count)
	}
	return n
}
