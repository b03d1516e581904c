package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// Command is one thing that an operator can do.
type Command struct {
	// Name is the word, in lower case letters; Aliases are others for the same.
	Name    string
	Aliases []string
	// Help says in a line what it does.
	Help string
	// Run decides; it must not fail.
	Run func(In) Out
}

// In is what a command knows.
type In struct {
	Conversation *receive.Conversation
	Occasion     receive.Occasion
	Args         string
	// Reply: the command was typed as an answer to a message. Quoted is that message; nil if it is none of the conversation's.
	Reply  bool
	Quoted *sessionsv1.MessageRecord
	// Screenshots: the site's owner allows them.
	Screenshots bool
}

// Out is what a command wants.
type Out struct {
	// Events are to be stored before Answer is given.
	Events []bus.Event
	// Answer is for the operator; empty where what happens is seen anyway.
	Answer string
	// Asked: Answer is what was asked for; without it nothing has happened.
	Asked bool
	// Refused: nothing was done, and Answer says why.
	Refused bool
}

// All are the commands, in the order in which help lists them.
func All() []Command {
	return []Command{
		{Name: "close", Help: "close the conversation", Run: closing},
		{Name: "reopen", Help: "open it again", Run: reopening},
		{Name: "read", Help: "mark everything as read", Run: reading},
		{Name: "delete", Aliases: []string{"del"}, Help: "as a reply: delete that message", Run: deleting},
		{Name: "info", Help: "who the visitor is", Run: info},
		{Name: "csat", Aliases: []string{"rate"}, Help: "ask the visitor for a rating", Run: rate},
		{Name: "screenshot", Aliases: []string{"ss"}, Help: "ask the visitor's page for a picture of itself", Run: screenshot(false)},
		{Name: "screenshotsilent", Aliases: []string{"sss"}, Help: "the same, for the team only", Run: screenshot(true)},
		{Name: "block", Help: "take nothing more from this visitor", Run: block(true)},
		{Name: "unblock", Help: "hear this visitor again", Run: block(false)},
		{Name: "ai", Help: "on, off: may the assistant answer here", Run: assistant},
		{Name: "online", Help: "show visitors that you are there", Run: presence(true)},
		{Name: "offline", Help: "show visitors that you are not", Run: presence(false)},
		{Name: "help", Aliases: []string{"h", "commands", "start"}, Help: "this list", Run: help},
	}
}

// Find returns the command of a word.
func Find(word string) (Command, bool) {
	for _, c := range All() {
		if c.Name == word || slices.Contains(c.Aliases, word) {
			return c, true
		}
	}
	return Command{}, false
}

// Run runs the command of a line; an unknown one is refused and told of.
func Run(line Line, in In) Out {
	c, ok := Find(line.Word)
	if !ok {
		return refuse("There is no command /" + clip(line.Word) + ". The visitor did not get this. help lists the commands.")
	}
	in.Args = line.Args
	return c.Run(in)
}

func refuse(why string) Out { return Out{Answer: why, Refused: true} }

// clip keeps a pasted path from filling the answer.
func clip(word string) string {
	const most = 32
	if runes := []rune(word); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return word
}

// closing closes again what is closed: a platform that failed to follow then tries once more.
func closing(in In) Out { return Out{Events: in.Conversation.Close(in.Occasion)} }

func reopening(in In) Out {
	if !in.Conversation.Closed() {
		return refuse("This conversation is open.")
	}
	return Out{Events: in.Conversation.Reopen(in.Occasion)}
}

func reading(in In) Out {
	unread := in.Conversation.Unread
	switch len(unread) {
	case 0:
		return Out{Answer: "There is nothing unread."}
	case 1:
		return Out{Events: in.Conversation.Read(in.Occasion, unread), Answer: "Marked 1 message as read."}
	}
	return Out{Events: in.Conversation.Read(in.Occasion, unread), Answer: fmt.Sprintf("Marked %d messages as read.", len(unread))}
}

// deleting is for what the team has said. What a visitor wrote is the visitor's.
func deleting(in In) Out {
	m := in.Quoted.GetMessage()
	switch {
	case !in.Reply && in.Conversation.Platform == slack:
		return refuse("Slack has no replies to one message: delete yours in Slack itself, or react to it with 🗑.")
	case !in.Reply:
		return refuse("Reply with /delete to the message that should go.")
	case m == nil:
		return refuse("The visitor never got that message.")
	case m.GetDeletedAt() != nil:
		return refuse("That message is deleted already.")
	case m.GetSender() != receive.SenderOperator && m.GetSender() != receive.SenderAssistant:
		return refuse("Only messages of the team can be deleted, not the visitor's.")
	}
	return Out{Events: in.Conversation.Deleted(in.Occasion, m.GetId()), Answer: "Deleted."}
}

func presence(online bool) func(In) Out {
	answer := "You are offline for visitors."
	if online {
		answer = "You are online for visitors."
	}
	return func(in In) Out {
		return Out{Events: []bus.Event{receive.Presence(in.Conversation.Project, in.Occasion, online)}, Answer: answer}
	}
}

// rate asks once: who has answered is not asked again.
func rate(in In) Out {
	rating := in.Conversation.Record.GetSession().GetCsat()
	switch {
	case rating.GetScore() != 0:
		return refuse(fmt.Sprintf("The visitor has given %d of 5 already.", rating.GetScore()))
	case rating.GetPending():
		return refuse("The visitor was asked already.")
	}
	return Out{Events: in.Conversation.Rate(in.Occasion), Answer: "The visitor is asked for a rating."}
}

func screenshot(silent bool) func(In) Out {
	return func(in In) Out {
		if !in.Screenshots {
			return refuse("Screenshots are off. The site's owner can allow them with SCREENSHOTS=on.")
		}
		return Out{Events: in.Conversation.Screenshot(in.Occasion, silent), Answer: "The visitor's page is asked for a picture."}
	}
}

func block(on bool) func(In) Out {
	answer := "The visitor is heard again."
	if on {
		answer = "Blocked: nothing more is taken from this visitor. unblock ends it."
	}
	return func(in In) Out {
		if in.Conversation.Record.GetSession().GetBlocked() == on {
			return refuse("That is so already.")
		}
		return Out{Events: in.Conversation.Switch(in.Occasion, bus.SessionBlocked, on), Answer: answer}
	}
}

func assistant(in In) Out {
	on := strings.EqualFold(in.Args, "on")
	if !on && !strings.EqualFold(in.Args, "off") {
		return refuse("Say: ai on, or: ai off.")
	}
	answer := "The assistant stays out of this conversation."
	if on {
		answer = "The assistant may answer in this conversation."
	}
	return Out{Events: in.Conversation.Switch(in.Occasion, bus.AISwitched, on), Answer: answer}
}
