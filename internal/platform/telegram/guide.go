package telegram

import "github.com/bellhop-chat/bellhop/internal/runner/config"

var tokenGuide = []string{
	"1. Open Telegram and write to @BotFather",
	"2. Send /newbot, choose a name and a username ending in \"bot\"",
	"3. Copy the token: digits, a colon, letters",
	"4. Set it:",
	"",
	"   TELEGRAM_BOT_TOKEN=123456789:AA…",
}

var chatGuide = []string{
	"1. Make a group and switch on Topics in its settings",
	"2. Add the bot as an administrator who may manage topics",
	"3. Open any topic in Telegram's web version: the address holds",
	"   the group's id; it begins with -100",
	"4. Set it:",
	"",
	"   TELEGRAM_CHAT_ID=-1001234567890",
}

func setup(missing string, guide []string) error {
	return &config.SetupError{Bridge: "Telegram", Missing: missing, Guide: guide, DocsURL: "https://core.telegram.org/bots/tutorial"}
}
