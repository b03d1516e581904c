package bustest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

func objectMetadata(_ *testing.T, w *world) {
	object, err := w.put(w.bus, w.name, noise(10), bus.ObjectSpec{Meta: map[string]string{"a": "1"}})
	w.must(err)
	winners := w.race(bus.ErrObjectChanged, func(b *bus.Bus, n int) error {
		_, err := b.Objects().Describe(w.context(), object, map[string]string{"n": fmt.Sprint(n)})
		return err
	})
	if len(winners) != 1 {
		w.Fatalf("%v have changed the same revision", winners)
	}
	now, err := w.bus.Objects().Info(w.context(), w.name)
	w.must(err)
	if want := map[string]string{"n": fmt.Sprint(winners[0])}; !maps.Equal(now.Meta, want) || now.Digest != object.Digest || !now.Stored.Equal(object.Stored) {
		w.Errorf("it is now %+v, want %v", now, want)
	}
	if _, err := w.bus.Objects().Describe(w.context(), now, nil); err != nil {
		w.Errorf("from what was read: %v", err)
	}
	if !bytes.Equal(w.get(w.name), noise(10)) {
		w.Error("the bytes have changed")
	}
}

func deletedObject(_ *testing.T, w *world) {
	objects := w.bus.Objects()
	object, err := w.put(w.bus, w.name, noise(2*chunk), bus.ObjectSpec{})
	w.must(err)
	r, _, err := objects.Get(w.context(), w.name)
	w.must(err)
	_, err = io.ReadFull(r, make([]byte, chunk))
	w.must(err)
	for range 2 {
		w.must(objects.Delete(w.context(), w.name))
	}
	w.must(objects.Delete(w.context(), w.name+"/never"))
	for what, err := range map[string]error{
		"reading on": second(io.Copy(io.Discard, r)), "information": second(objects.Info(w.context(), w.name)),
	} {
		if !errors.Is(err, bus.ErrNoObject) {
			w.Errorf("%s after it was deleted: %v", what, err)
		}
	}
	if _, err := objects.Describe(w.context(), object, nil); !errors.Is(err, bus.ErrObjectChanged) {
		w.Errorf("it was brought back: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func brokenObject(_ *testing.T, w *world) {
	_, err := w.put(w.bus, w.name, noise(chunk+1), bus.ObjectSpec{})
	w.must(err)
	js := w.jetstream()
	files, err := js.ObjectStore(w.context(), "BELLHOP_FILES")
	w.must(err)
	info, err := files.GetInfo(w.context(), w.name)
	w.must(err)
	stream, err := js.Stream(w.context(), "OBJ_BELLHOP_FILES")
	w.must(err)
	subject := "$O.BELLHOP_FILES.C." + info.NUID
	last, err := stream.GetLastMsgForSubject(w.context(), subject)
	w.must(err)
	w.must(stream.DeleteMsg(w.context(), last.Sequence))
	_, err = js.Publish(w.context(), subject, []byte{last.Data[0] + 1})
	w.must(err)
	r, _, err := w.bus.Objects().Get(w.context(), w.name)
	w.must(err)
	for range 2 {
		if n, err := io.Copy(io.Discard, r); !errors.Is(err, bus.ErrObjectBroken) {
			w.Errorf("after %d bytes: %v", n, err)
		}
	}
}
