package command

import (
	"strings"
	"testing"
)

func TestWhatIsTypedIsTakenApart(t *testing.T) {
	for typed, want := range map[string]Line{
		"hello":                          {Kind: Message},
		"":                               {Kind: Message},
		"see /close for that":            {Kind: Message},
		"!important":                     {Kind: Message},
		"! close":                        {Kind: Message},
		"/close":                         {Kind: Order, Word: "close"},
		"/CLOSE now":                     {Kind: Order, Word: "close", Args: "now"},
		"/close@bellhop_bot":             {Kind: Order, Word: "close"},
		"/close@Bellhop_Bot  a\nb ":      {Kind: Order, Word: "close", Args: "a\nb"},
		"/ban@other_bot":                 {Kind: Foreign},
		"!close":                         {Kind: Order, Word: "close"},
		"!DEL":                           {Kind: Order, Word: "del"},
		"@bellhop_bot close":             {Kind: Order, Word: "close"},
		"@Bellhop_bot: /info":            {Kind: Order, Word: "info"},
		"@bellhop_bot, how are you":      {Kind: Order, Word: "how", Args: "are you"},
		"@olga close":                    {Kind: Message},
		"/clsoe":                         {Kind: Order, Word: "clsoe"},
		"/":                              {Kind: Order},
		"/ close":                        {Kind: Order, Args: "close"},
		"  /close":                       {Kind: Order, Word: "close"},
		"\u200b\u202e/close":             {Kind: Order, Word: "close"},
		"//do not tell":                  {Kind: Note},
		"///":                            {Kind: Note},
		"/note x":                        {Kind: Note},
		"/note@bellhop_bot x":            {Kind: Note},
		"/NOTE":                          {Kind: Note},
		"!note x":                        {Kind: Note},
		"@bellhop_bot note the password": {Kind: Note},
		"!notes are good":                {Kind: Message},
	} {
		if got := Parse(typed, "bellhop_bot"); got != want {
			t.Errorf("%q is %+v, want %+v", typed, got, want)
		}
	}
}

func TestCommandIsKnownBeforeTheBotKnowsItsName(t *testing.T) {
	if got := Parse("/close@bellhop_bot", ""); got != (Line{Kind: Order, Word: "close"}) {
		t.Fatalf("%+v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"/close@bellhop_bot now", "!note", "//", "\u200b/x", "@bellhop_bot", "hi"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		line := Parse(typed, "bellhop_bot")
		bare := strings.TrimLeftFunc(typed, invisible)
		if line.Kind == Message && (strings.HasPrefix(bare, "/") || strings.HasPrefix(bare, "!note ") || bare == "!close") {
			t.Fatalf("%q would reach the visitor", typed)
		}
		if line.Kind != Order && (line.Word != "" || line.Args != "") {
			t.Fatalf("%q is %+v", typed, line)
		}
	})
}
