package telegram

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-telegram/bot/models"

	"github.com/bellhop-chat/bellhop/internal/check"
)

// Examination says what Examine looks at.
type Examination struct {
	// WebhookURL is where Telegram should post; empty for long polling.
	WebhookURL string
	// Deep: topics are created and deleted. It costs a quarter of a group's budget of a minute.
	Deep bool
}

// Examine looks at everything that a bot needs: token, groups, rights, the way in. It changes nothing unless it is to be deep.
func (c *Client) Examine(ctx context.Context, chats []int64, e Examination) []check.Finding {
	r := check.NewReport("telegram")
	me, err := c.GetMe(ctx)
	if err != nil {
		r.Fail("token", "Telegram does not take it: "+err.Error(), "copy the token from @BotFather into TELEGRAM_BOT_TOKEN")
		return r.Findings()
	}
	r.OK("token", "the bot is @"+me.Username)
	for _, chat := range chats {
		c.examineChat(ctx, r, chat, me, e.Deep)
	}
	c.examineWebhook(ctx, r, e.WebhookURL)
	return r.Findings()
}

func (c *Client) examineChat(ctx context.Context, r *check.Report, chatID int64, me models.User, deep bool) {
	name := fmt.Sprintf("group %d", chatID)
	chat, err := c.GetChat(ctx, chatID)
	if err != nil {
		r.Fail(name, "cannot be seen: "+err.Error(), "add the bot to the group, and check TELEGRAM_CHAT_ID")
		return
	}
	switch {
	case chat.Type != models.ChatTypeSupergroup:
		r.Fail(name, fmt.Sprintf("%q is a %s", chat.Title, chat.Type), "switch on Topics in the group's settings: that makes a supergroup, with a new id")
		return
	case !chat.IsForum:
		r.Fail(name, fmt.Sprintf("%q has no topics", chat.Title), "switch on Topics in the group's settings")
		return
	}
	r.OK(name, fmt.Sprintf("%q has topics", chat.Title))
	c.examineRights(ctx, r, chatID, name, me)
	if !deep {
		return
	}
	if err := c.ProbeTopic(ctx, chatID, "Bellhop doctor"); err != nil {
		r.Fail(name+" probe", err.Error(), "give the bot the right to manage topics")
		return
	}
	r.OK(name+" probe", "a topic was created, renamed, closed, reopened and deleted")
}

func (c *Client) examineRights(ctx context.Context, r *check.Report, chatID int64, name string, me models.User) {
	rights, err := c.OwnRights(ctx, chatID)
	switch {
	case err != nil:
		r.Fail(name+" rights", err.Error(), "add the bot to the group")
	case rights.Status == "creator":
		r.OK(name+" rights", "the bot owns the group")
	case rights.Status != "administrator":
		detail := "the bot is a " + rights.Status
		if !me.CanReadAllGroupMessages {
			detail += " and, in privacy mode, reads only commands"
		}
		r.Fail(name+" rights", detail, "make the bot an administrator who may manage topics and delete messages")
	case !rights.CanManageTopics:
		r.Fail(name+" rights", "the bot may not manage topics", "give the administrator bot the right to manage topics")
	case !rights.CanDeleteMessages:
		r.Warn(name+" rights", "the bot may not delete messages: a visitor's deletion does not reach the group", "give it the right to delete messages")
	default:
		r.OK(name+" rights", "administrator, may manage topics and delete messages")
	}
}

func (c *Client) examineWebhook(ctx context.Context, r *check.Report, want string) {
	info, err := c.GetWebhookInfo(ctx)
	if err != nil {
		r.Warn("webhook", err.Error(), "")
		return
	}
	lacking := slices.DeleteFunc(AllowedUpdates(), func(kind string) bool { return slices.Contains(info.AllowedUpdates, kind) })
	switch {
	case info.URL == "" && want == "":
		r.OK("updates", "fetched by long polling")
	case info.URL != want && want == "":
		r.Warn("updates", "a webhook is set, which keeps updates from long polling; Bellhop removes it when it starts", "if another program uses this bot, give Bellhop one of its own")
	case info.URL != want:
		r.Warn("updates", "another webhook is registered; Bellhop sets its own when it starts", "if another program uses this bot, give Bellhop one of its own")
	case len(lacking) > 0:
		r.Warn("updates", fmt.Sprintf("the webhook is registered without %v", lacking), "restart Bellhop: it registers the webhook anew")
	default:
		r.OK("updates", "the webhook is registered")
	}
	if info.LastErrorMessage != "" && info.PendingUpdateCount > 0 {
		at := time.Unix(int64(info.LastErrorDate), 0).UTC().Format(time.DateTime)
		r.Warn("deliveries", fmt.Sprintf("%d updates wait; Telegram's last error, at %s: %s", info.PendingUpdateCount, at, info.LastErrorMessage),
			"check that PUBLIC_URL is reached from the internet, with a certificate that is valid")
	}
}
