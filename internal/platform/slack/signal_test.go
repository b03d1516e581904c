package slack

import "testing"

func TestPlaceIsReadAsItWasSignalled(t *testing.T) {
	place := Place{testChannel, "1.2"}
	if got, ok := DecodePlace(place.Encode()); !ok || got != place {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, odd := range []string{"", "null", "{}", `{"channel":"C1"}`, `{"channel":7,"thread":"1.2"}`} {
		if got, ok := DecodePlace([]byte(odd)); ok {
			t.Errorf("%s is %+v", odd, got)
		}
	}
}
