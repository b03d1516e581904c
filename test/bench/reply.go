package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/test/bench/telegram"
)

// reply is the load of operators' answers: updates at a steady rate to the webhook, each measured until it comes out of the
// visitor's socket.
type reply struct {
	Host, Webhook string // host:port of the gateway and of inbound
	Secret        string
	Simulator     string // base URL
	Chat          int64
	PerSecond     int
	For           time.Duration
	Sessions      int
}

type replied struct {
	Latency Summary
	Missing int
}

// replyWord begins every answer; six digits and a dot follow.
const replyWord = "r"

func (r reply) run() (any, error) {
	sessions, err := openSessions(r.Host, "reply", r.Sessions, true)
	if err != nil {
		return nil, err
	}
	topics, err := r.topics()
	if err != nil {
		return nil, err
	}
	total := int(r.For.Seconds() * float64(r.PerSecond))
	inbox := newInbox(total)
	for _, session := range sessions {
		socket, res, err := websocket.DefaultDialer.Dial("ws://"+r.Host+"/pocketping/stream?sessionId="+session, nil)
		if err != nil {
			return nil, fmt.Errorf("open a socket: %w", err)
		}
		_ = res.Body.Close() // an upgrade has none
		go inbox.listen(socket)
	}
	ready()
	due, err := r.post(topics, total)
	if err != nil {
		return nil, err
	}
	return inbox.measure(due), nil
}

// topics are the visitors' topics, by number; it waits until the simulator has all of them.
func (r reply) topics() ([]int64, error) {
	deadline := time.Now().Add(time.Minute)
	for {
		var all []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		}
		if err := ask(r.Simulator+"/_sim/topics", &all); err != nil {
			return nil, err
		}
		found := make([]int64, 0, r.Sessions)
		for i := range r.Sessions {
			for _, topic := range all {
				if bytes.Contains([]byte(topic.Name), []byte(visitorName("reply", i))) {
					found = append(found, topic.ID)
					break
				}
			}
		}
		if len(found) == r.Sessions {
			return found, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%d topics of %d were opened", len(found), r.Sessions)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// post sends the updates and answers when each was due.
func (r reply) post(topics []int64, total int) ([]time.Time, error) {
	due := make([]time.Time, total)
	turns := make(chan int, total)
	errs := make([]error, streamers)
	var wg sync.WaitGroup
	for worker := range streamers {
		wg.Go(func() {
			c, err := dial(r.Webhook, "")
			if err != nil {
				errs[worker] = err
				return
			}
			defer c.Close()
			for n := range turns {
				number := int64(10_000_000 + n)
				body := telegram.Text(number, r.Chat, topics[n%len(topics)], number, fmt.Sprintf("%s%06d. %s", replyWord, n, filler))
				if _, err := c.post("/webhooks/telegram", body, telegram.SecretHeader+": "+r.Secret); err != nil {
					errs[worker] = err
					return
				}
			}
		})
	}
	begun := time.Now()
	for n := range total {
		due[n] = begun.Add(time.Duration(n) * time.Second / time.Duration(r.PerSecond))
		time.Sleep(time.Until(due[n]))
		turns <- n
	}
	close(turns)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("post an update: %w", err)
		}
	}
	return due, nil
}

// inbox notes when each answer came out of a socket.
type inbox struct {
	mu   sync.Mutex
	at   []time.Time
	left int
	all  chan struct{}
}

func newInbox(total int) *inbox {
	return &inbox{at: make([]time.Time, total), left: total, all: make(chan struct{})}
}

// listen reads a socket, which ends with this process.
func (b *inbox) listen(socket *websocket.Conn) {
	for {
		_, raw, err := socket.ReadMessage()
		if err != nil {
			return
		}
		now := time.Now()
		var frame struct {
			Type string `json:"type"`
			Data struct {
				Content string `json:"content"`
			} `json:"data"`
		}
		if json.Unmarshal(raw, &frame) != nil || frame.Type != "message" {
			continue
		}
		if n, ok := numbered(replyWord, frame.Data.Content); ok {
			b.note(n, now)
		}
	}
}

func (b *inbox) note(n int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n < len(b.at) && b.at[n].IsZero() {
		b.at[n] = at
		if b.left--; b.left == 0 {
			close(b.all)
		}
	}
}

// arrival is how long the last answers may take.
const arrival = 10 * time.Second

func (b *inbox) measure(due []time.Time) replied {
	select {
	case <-b.all:
	case <-time.After(arrival):
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	result := replied{Missing: b.left}
	var took []time.Duration
	for n, at := range b.at {
		if !at.IsZero() {
			took = append(took, at.Sub(due[n]))
		}
	}
	result.Latency = summarize(took)
	return result
}
