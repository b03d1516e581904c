package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ask reads JSON from the simulator.
func ask(url string, into any) error {
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(into)
}

// order tells the simulator to do something.
func order(url string, what any) error {
	raw, err := json.Marshal(what)
	if err != nil {
		return err
	}
	res, err := http.Post(url, "application/json", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		return fmt.Errorf("the simulator refuses: %s", body)
	}
	return nil
}

// numbered reads the number of a message that begins with a word and six digits, anywhere in a text.
func numbered(word, text string) (int, bool) {
	all := numbers(word, text)
	if len(all) == 0 {
		return 0, false
	}
	return all[0], true
}

// numbers reads those of all messages in a text: several may share a post.
func numbers(word, text string) (all []int) {
	for at := strings.Index(text, word); at >= 0; {
		rest := text[at+len(word):]
		if len(rest) > 6 && rest[6] == '.' {
			if n, err := strconv.Atoi(rest[:6]); err == nil {
				all = append(all, n)
			}
		}
		next := strings.Index(rest, word)
		if next < 0 {
			break
		}
		at += len(word) + next
	}
	return all
}

// called is how long after it was due each message was in a call of sendMessage; missing counts those that never were.
func called(simulator string, due []int64) (s Summary, missing int, err error) {
	var requests []struct {
		At     time.Time         `json:"at"`
		Params map[string]string `json:"params"`
	}
	if err := ask(simulator+"/_sim/requests?method=sendMessage", &requests); err != nil {
		return s, 0, err
	}
	first := make([]time.Time, len(due))
	for _, r := range requests {
		// The first word of each session has the number 0 and came before.
		if n, ok := numbered("m", r.Params["text"]); ok && n < len(due) && first[n].IsZero() && r.At.UnixNano() >= due[n] {
			first[n] = r.At
		}
	}
	var took []time.Duration
	for n, at := range first {
		if at.IsZero() {
			missing++
			continue
		}
		took = append(took, at.Sub(time.Unix(0, due[n])))
	}
	return summarize(took), missing, nil
}
