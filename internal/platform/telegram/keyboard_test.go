package telegram

import (
	"strings"
	"testing"
)

func TestButtonsDataIsReadAsItWasWritten(t *testing.T) {
	for _, act := range []Act{ActClose, ActRead} {
		data := CallbackData(act, "9fK2-_")
		if got, key, ok := ParseCallback(data); !ok || got != act || key != "9fK2-_" {
			t.Errorf("%q is %q %q %v", data, got, key, ok)
		}
	}
	if CallbackData(ActClose, "9fK2") != "c:9fK2" || CallbackData(ActRead, "9fK2") != "r:9fK2" {
		t.Error("buttons that were sent would not be understood any more")
	}
}

func TestDataThatDoesNotFitAButtonIsNone(t *testing.T) {
	for _, key := range []string{"", "a b", "a:b", "é", strings.Repeat("x", MaxButtonData-1)} {
		if data := CallbackData(ActClose, key); data != "" {
			t.Errorf("key %q makes %q", key, data)
		}
	}
	if data := CallbackData(ActClose, strings.Repeat("x", MaxButtonData-2)); len(data) != MaxButtonData {
		t.Errorf("the longest has %d bytes", len(data))
	}
}

func TestForeignDataIsNoAct(t *testing.T) {
	for _, data := range []string{"", "c", "c:", ":x", "x:9fK2", "c:a b", "c:a:b", "C:9fK2", "c:" + strings.Repeat("x", 63)} {
		if act, key, ok := ParseCallback(data); ok || act != "" || key != "" {
			t.Errorf("%q is %q %q", data, act, key)
		}
	}
}

func FuzzParseCallback(f *testing.F) {
	f.Add("c:9fK2")
	f.Add("r:")
	f.Fuzz(func(t *testing.T, data string) {
		act, key, ok := ParseCallback(data)
		if ok && CallbackData(act, key) != data {
			t.Fatalf("%q is read as %q %q", data, act, key)
		}
	})
}
