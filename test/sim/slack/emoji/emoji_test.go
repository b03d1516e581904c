package emoji_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNamesAndCharactersFindEachOther(t *testing.T) {
	cases := []struct{ name, char string }{
		{"+1", "👍"}, {"eyes", "👀"}, {"wave::skin-tone-3", "👋🏼"}, {"white_check_mark", "✅"}, {"heart", "❤️"},
	}
	for _, c := range cases {
		if got := emoji.Char(c.name); got != c.char {
			t.Errorf("%s is %q", c.name, got)
		}
		if got := emoji.Name(c.char); got != c.name {
			t.Errorf("%s is called %q", c.char, got)
		}
	}
	if emoji.Name("thumbsup") != "" || emoji.Char("thumbsup") != "👍" || !emoji.Known("thumbsup") || emoji.Known(":+1:") || emoji.Known("👍") {
		t.Error("an alias has a character, and colons or characters are no names")
	}
}

func TestClientsSendNamesForCharacters(t *testing.T) {
	if got := emoji.Shorten("thanks 👍 ❤️ ✔"); got != "thanks :+1: :heart: :heavy_check_mark:" {
		t.Fatalf("got %q", got)
	}
}
