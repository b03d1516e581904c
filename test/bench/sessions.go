package bench

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
)

// openers is how many connections open sessions at once.
const openers = 16

// openSessions connects n visitors, named after a word, and answers their sessions in the order of their numbers. With speak
// each of them says a first word, so that what is measured later is not the beginning of a conversation.
func openSessions(host, word string, n int, speak bool) ([]string, error) {
	sessions := make([]string, n)
	var next atomic.Int64
	errs := make(chan error, openers)
	var wg sync.WaitGroup
	for range openers {
		wg.Go(func() {
			c, err := dial(host, "")
			if err != nil {
				errs <- err
				return
			}
			defer c.Close()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if sessions[i], err = openSession(c, visitorName(word, i), speak); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return nil, fmt.Errorf("open sessions: %w", err)
	default:
		return sessions, nil
	}
}

// visitorName is what operators see of the ith visitor; none is contained in another.
func visitorName(word string, i int) string { return fmt.Sprintf("%s-%05d", word, i) }

func openSession(c *conn, name string, speak bool) (string, error) {
	body := `{"visitorId":"` + name + `","sessionId":null,"identity":{"id":"` + name + `","name":"` + name +
		`"},"metadata":{"url":"https://shop.example/","language":"en"}}`
	raw, err := c.post("/pocketping/connect", []byte(body))
	if err != nil {
		return "", err
	}
	var answer struct {
		SessionID string `json:"sessionId"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	if speak {
		_, err = c.post("/pocketping/message", message(nil, answer.SessionID, 0))
	}
	return answer.SessionID, err
}

// filler makes a message as long as people's are: about a hundred characters.
const filler = "I ordered two of them last week and only one has arrived so far, could you have a look please?"

// message is the body of a POST /message; its text begins with "m", six digits and a dot.
func message(b []byte, session string, number int) []byte {
	b = append(b, `{"sessionId":"`...)
	b = append(b, session...)
	b = append(b, `","sender":"visitor","attachmentIds":[],"content":"m`...)
	digits := strconv.Itoa(1_000_000 + number%1_000_000)
	b = append(b, digits[1:]...)
	return append(b, `. `+filler+`"}`...)
}
