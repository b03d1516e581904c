package slack

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

func TestPeopleAreCalledByTheirRealName(t *testing.T) {
	for answer, want := range map[string]User{
		`{"name":"olga","real_name":"Olga P","profile":{"display_name":"o"}}`: {ID: "U1", Name: "Olga P"},
		`{"name":"olga","profile":{"real_name":"Olga Q","display_name":"o"}}`: {ID: "U1", Name: "Olga Q"},
		`{"name":"olga","profile":{"display_name":"o"}}`:                      {ID: "U1", Name: "o"},
		`{"name":"olga","is_bot":true}`:                                       {ID: "U1", Name: "olga", Bot: true},
		`{"profile":7}`:                                                       {ID: "U1", Name: "U1"},
	} {
		got, err := answering(t, 200, `{"ok":true,"user":`+answer+`}`).UserInfo(t.Context(), "U1")
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", answer, got, err)
		}
	}
}

func TestDirectoryAsksOnceAnHour(t *testing.T) {
	calls, answer := 0, `{"ok":true,"user":{"real_name":"Olga"}}`
	d := against(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = io.WriteString(w, answer)
	}).Directory()
	now := time.Now()
	d.now = func() time.Time { return now }
	for range 3 {
		if user, err := d.Find(t.Context(), "U1"); err != nil || user.Name != "Olga" {
			t.Fatalf("%+v, %v", user, err)
		}
	}
	answer, now = `{"ok":true,"user":{"real_name":"Olga P"}}`, now.Add(time.Hour)
	if user, _ := d.Find(t.Context(), "U1"); user.Name != "Olga P" || calls != 2 {
		t.Fatalf("%+v after %d calls", user, calls)
	}
}

func TestStrangerIsNotAskedForAgainAtOnceButTroubleIs(t *testing.T) {
	calls, answer := 0, `{"ok":false,"error":"internal_error"}`
	d := against(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = io.WriteString(w, answer)
	}).Directory()
	now := time.Now()
	d.now = func() time.Time { return now }
	for range 2 {
		if _, err := d.Find(t.Context(), "U1"); KindOf(err) != KindUnknown {
			t.Fatal(err)
		}
	}
	answer = `{"ok":false,"error":"user_not_found"}`
	if _, err := d.Find(t.Context(), "U1"); KindOf(err) != KindBadRequest {
		t.Fatal(err)
	}
	if user, err := d.Find(t.Context(), "U1"); err != nil || user != (User{ID: "U1"}) || calls != 3 {
		t.Fatalf("%+v, %v after %d calls", user, err, calls)
	}
	answer, now = `{"ok":true,"user":{"real_name":"Olga"}}`, now.Add(unknownFor)
	if user, err := d.Find(t.Context(), "U1"); err != nil || user.Name != "Olga" {
		t.Fatalf("%+v, %v", user, err)
	}
}

func TestDirectoryHasAnEnd(t *testing.T) {
	d := answering(t, 200, `{"ok":true,"user":{"real_name":"x"}}`).Directory()
	for i := range knownUsers {
		d.known[fmt.Sprint(i)] = entry{}
	}
	if _, err := d.Find(t.Context(), "U1"); err != nil || len(d.known) != knownUsers || d.known["U1"].user.Name != "x" {
		t.Fatalf("%d are known, %v", len(d.known), err)
	}
}
