// A program that takes part in Bellhop over NATS: it reads every message in the order of its conversation, also those that came
// while it did not run, and answers a word in them with a custom event to the visitor's page.
//
//	NATS_URL=nats://127.0.0.1:4222 go run .
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// event is what this program wants of a message.created; docs/events/schema has all of it.
type event struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	Data    struct {
		Message struct {
			Content string `json:"content"`
			Sender  string `json:"sender"`
		} `json:"message"`
	} `json:"data"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	url := os.Getenv("NATS_URL")
	if url == "" {
		url = nats.DefaultURL
	}
	nc, err := nats.Connect(url, nats.Name("example-go"), nats.MaxReconnects(-1))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	// The consumer is kept by the server under its name: a program that starts again goes on where it was. A new one begins with what comes.
	// One message at a time (MaxAckPending) keeps a conversation's order when something has to be tried again.
	consumer, err := js.CreateOrUpdateConsumer(ctx, "BELLHOP", jetstream.ConsumerConfig{
		Durable: "example-go", FilterSubject: "bellhop.v1.*.default.*.message.created",
		DeliverPolicy: jetstream.DeliverNewPolicy, AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 1, AckWait: 30 * time.Second,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1))
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, messages.Stop)()
	fmt.Println("listening")
	for {
		msg, err := messages.Next()
		if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := handle(nc, msg); err != nil {
			fmt.Fprintln(os.Stderr, err)
			_ = msg.NakWithDelay(5 * time.Second) // it comes again in any case, after AckWait
			continue
		}
		if err := acknowledge(ctx, msg); err != nil {
			fmt.Fprintln(os.Stderr, err) // it comes again
		}
	}
}

// acknowledge waits until the server knows that a message is done, also when the program is to end.
func acknowledge(ctx context.Context, msg jetstream.Msg) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return msg.DoubleAck(ctx)
}

// handle may see an event twice: whoever must not do a thing twice remembers the ids.
func handle(nc *nats.Conn, msg jetstream.Msg) error {
	var ev event
	if err := json.Unmarshal(msg.Data(), &ev); err != nil {
		return msg.Term() // no event, and never will be
	}
	m := ev.Data.Message
	fmt.Printf("%s %s: %s\n", ev.Subject, m.Sender, m.Content)
	if m.Sender != "visitor" || !strings.Contains(m.Content, "discount") {
		return nil
	}
	// The session's token of the subject is right for the command's, whatever characters the id has.
	session := strings.Split(msg.Subject(), ".")[4]
	return emit(nc, session, `{"name":"discount","data":{"percent":10}}`)
}

// emit sends a custom event to the visitor's pages. The answer comes when it is stored.
func emit(nc *nats.Conn, session, request string) error {
	reply, err := nc.Request("bellhop.cmd.v1.default."+session+".event.emit", []byte(request), 10*time.Second)
	if err != nil {
		return err
	}
	var refused struct{ Error, Code string }
	if err := json.Unmarshal(reply.Data, &refused); err != nil {
		return err
	}
	if refused.Code == "unavailable" {
		return errors.New(refused.Error) // later it may be taken
	}
	if refused.Code != "" {
		fmt.Fprintf(os.Stderr, "%s: %s\n", refused.Code, refused.Error)
	}
	return nil
}
