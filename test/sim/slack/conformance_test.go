package slack_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	client "github.com/slack-go/slack"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// library is the client that Slack apps in Go use, pointed at the simulator, in real time.
func library(t *testing.T) (*bot, *client.Client) {
	b := start(t, slack.Options{Clock: clock.Real(), Budget: slack.Budget{Off: true}, ShareDelay: time.Millisecond})
	api := client.New(b.sim.Token(), client.OptionAPIURL(b.sim.URL()), client.OptionAppLevelToken(b.sim.AppToken()), client.OptionHTTPClient(b.http))
	return b, api
}

func TestClientLibraryPostsUpdatesReactsAndDeletes(t *testing.T) {
	b, api := library(t)
	ctx, ch := deadline(t), b.sim.ChannelID()
	card := client.NewActionBlock("conv", client.NewButtonBlockElement("close", "9fK2", client.NewTextBlockObject("plain_text", "Close", false, false)))
	head := client.NewSectionBlock(client.NewTextBlockObject("mrkdwn", "*Ana* is here", false, false), nil, nil)
	_, root, err := api.PostMessageContext(ctx, ch, client.MsgOptionText("Ana: open", true), client.MsgOptionBlocks(head, card))
	must(t, err)
	_, reply, err := api.PostMessageContext(ctx, ch, client.MsgOptionText("hello <there>", true), client.MsgOptionTS(root), client.MsgOptionUsername("Ana"),
		client.MsgOptionDisableLinkUnfurl(), client.MsgOptionDisableMediaUnfurl(),
		client.MsgOptionMetadata(client.SlackMetadata{EventType: "bellhop_message", EventPayload: map[string]any{"id": "m1"}}))
	must(t, err)
	_, _, text, err := api.UpdateMessageContext(ctx, ch, reply, client.MsgOptionText("hello!", true))
	if err != nil || text != "hello!" {
		t.Fatalf("%q %v", text, err)
	}
	must(t, api.AddReactionContext(ctx, "eyes", client.NewRefToMessage(ch, reply)))
	must(t, api.RemoveReactionContext(ctx, "eyes", client.NewRefToMessage(ch, reply)))
	must(t, api.SetAssistantThreadsStatusContext(ctx, client.AssistantThreadsSetStatusParameters{ChannelID: ch, ThreadTS: root, Status: "is typing…"}))
	if got := b.sim.Thread(root).Status; got != "is typing…" {
		t.Fatalf("status %q", got)
	}
	replies, more, _, err := api.GetConversationRepliesContext(ctx, &client.GetConversationRepliesParameters{ChannelID: ch, Timestamp: root, IncludeAllMetadata: true})
	if err != nil || more || len(replies) != 2 || replies[1].Metadata.EventPayload["id"] != "m1" || replies[1].Username != "Ana" || replies[0].ReplyCount != 1 {
		t.Fatalf("%+v %v", replies, err)
	}
	_, _, err = api.DeleteMessageContext(ctx, ch, reply)
	must(t, err)
	if warnings := b.sim.Warnings(); len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

func TestClientLibraryAsksWhoAndWhere(t *testing.T) {
	b, api := library(t)
	ctx, ch := deadline(t), b.sim.ChannelID()
	who, err := api.AuthTestContext(ctx)
	if err != nil || who.BotID != slack.BotID || who.TeamID != slack.TeamID {
		t.Fatalf("%+v %v", who, err)
	}
	info, err := api.GetConversationInfoContext(ctx, &client.GetConversationInfoInput{ChannelID: ch})
	if err != nil || !info.IsMember || info.IsArchived || info.Name != "support" {
		t.Fatalf("%+v %v", info, err)
	}
	user, err := api.GetUserInfoContext(ctx, "U0OLGA")
	if err != nil || user.RealName != "Olga" || user.IsBot {
		t.Fatalf("%+v %v", user, err)
	}
	if warnings := b.sim.Warnings(); len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
}

func TestClientLibraryReadsErrorsAndWaits(t *testing.T) {
	b, api := library(t)
	ctx, ch := deadline(t), b.sim.ChannelID()
	_, _, err := api.PostMessageContext(ctx, "C0NOWHERE", client.MsgOptionText("x", true))
	var refused client.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "channel_not_found" {
		t.Fatalf("err = %v", err)
	}
	b.sim.SetScope("chat:write", false)
	if _, _, err = api.PostMessageContext(ctx, ch, client.MsgOptionText("x", true)); !errors.As(err, &refused) || refused.Needed != "chat:write" || refused.Provided == "" {
		t.Fatalf("err = %+v", err)
	}
	b.sim.SetScope("chat:write", true)
	long := client.NewSectionBlock(client.NewTextBlockObject("plain_text", strings.Repeat("x", 3001), false, false), nil, nil)
	if _, _, err = api.PostMessageContext(ctx, ch, client.MsgOptionText("x", true), client.MsgOptionBlocks(long)); !errors.As(err, &refused) || refused.Err != "invalid_blocks" {
		t.Fatalf("err = %v", err)
	}
	b.sim.Fault(slack.Fault{Method: "chat.postMessage", Times: 1, Status: http.StatusTooManyRequests, RetryAfter: 9 * time.Second})
	_, _, err = api.PostMessageContext(ctx, ch, client.MsgOptionText("x", true))
	var limited *client.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != 9*time.Second {
		t.Fatalf("err = %v", err)
	}
}

func TestClientLibraryUploadsAndDownloads(t *testing.T) {
	b, api := library(t)
	ctx, ch := deadline(t), b.sim.ChannelID()
	_, root, err := api.PostMessageContext(ctx, ch, client.MsgOptionText("Ana", true))
	must(t, err)
	content := strings.Repeat("the log\n", 1000)
	file, err := api.UploadFileContext(ctx, client.UploadFileParameters{
		Reader: strings.NewReader(content), FileSize: len(content), Filename: "a log.txt", Title: "A log", Channel: ch, ThreadTimestamp: root,
		InitialComment: "Ana sent a file",
	})
	must(t, err)
	m, err := b.sim.AwaitMessage(ctx, root, "Ana sent a file")
	must(t, err)
	info, _, _, err := api.GetFileInfoContext(ctx, file.ID, 0, 0)
	if err != nil || len(info.Shares.Public[ch]) != 1 || info.Shares.Public[ch][0].Ts != m.TS || info.Size != len(content) || info.Title != "A log" {
		t.Fatalf("%+v %v", info, err)
	}
	var got bytes.Buffer
	must(t, api.GetFileContext(ctx, info.URLPrivateDownload, &got))
	if got.String() != content {
		t.Fatalf("%d bytes came back", got.Len())
	}
	must(t, api.DeleteFileContext(ctx, file.ID))
	if warnings := b.sim.Warnings(); len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
}
