package discord_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"

	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
)

// library is the real client library, pointed at the simulator.
func (b *bot) library() rest.Rest {
	client := rest.NewClient(b.sim.Token(), rest.WithURL(b.sim.URL()), rest.WithHTTPClient(b.http), rest.WithUserAgent(agent),
		rest.WithRateLimiter(rest.NewNoopRateLimiter()), rest.WithLogger(silent()))
	return rest.New(client)
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

func id(text string) snowflake.ID { return snowflake.MustParse(text) }

func TestConformanceOfForumPosts(t *testing.T) {
	b := unlimited(t)
	api := b.library()
	forum, err := api.GetChannel(id(b.sim.ChannelID()))
	must(t, err)
	tags := forum.(discord.GuildForumChannel).AvailableTags
	post, err := api.CreatePostInThreadChannel(id(b.sim.ChannelID()), discord.ThreadChannelPostCreate{
		Name: "Ana · pricing", AutoArchiveDuration: discord.AutoArchiveDuration1w, AppliedTags: []snowflake.ID{tags[0].ID},
		Message: discord.MessageCreate{
			Content: "**Ana** hello", AllowedMentions: &discord.AllowedMentions{Parse: []discord.AllowedMentionType{}},
			Components: []discord.LayoutComponent{discord.NewActionRow(
				discord.NewDangerButton("Close", "c:9fK2"), discord.NewLinkButton("Open", "https://shop.example"))},
			Embeds: []discord.Embed{{Title: "Card", Description: "page", Fields: []discord.EmbedField{{Name: "a", Value: "b"}}}},
			Files:  []*discord.File{discord.NewFile("shot.png", "a picture", bytes.NewReader(picture(t, 3, 2)))},
		},
	})
	must(t, err)
	if post.ID() != post.Message.ID || post.Name() != "Ana · pricing" || len(post.AppliedTags) != 1 || post.Message.Attachments[0].Filename != "shot.png" ||
		*post.Message.Attachments[0].Width != 3 || len(post.Message.Embeds) != 1 || len(post.Message.Components) != 1 {
		t.Fatalf("post: %+v", post)
	}
	data, err := b.http.Get(post.Message.Attachments[0].URL)
	must(t, err)
	defer func() { _ = data.Body.Close() }()
	if got, _ := io.ReadAll(data.Body); !bytes.Equal(got, picture(t, 3, 2)) {
		t.Fatal("the download differs from the upload")
	}
	closed, err := api.UpdateChannel(post.ID(), discord.GuildPostUpdate{
		Archived: ptr(true), Locked: ptr(true), AppliedTags: &[]snowflake.ID{tags[1].ID},
	}, rest.WithReason("closed by Bellhop conversation 9fK2"))
	must(t, err)
	if meta := closed.(discord.GuildThread).ThreadMetadata; !meta.Archived || !meta.Locked {
		t.Fatalf("closed: %+v", meta)
	}
	if r := b.sim.Requests("editChannel")[0]; r.Reason != "closed by Bellhop conversation 9fK2" {
		t.Fatalf("reason: %q", r.Reason)
	}
	archived, err := api.GetPublicArchivedThreads(id(b.sim.ChannelID()), snowflakeTime(), 10)
	must(t, err)
	active, err := api.GetActiveGuildThreads(id(b.sim.GuildID()))
	must(t, err)
	if len(archived.Threads) != 1 || len(active.Threads) != 0 {
		t.Fatalf("%d archived, %d active", len(archived.Threads), len(active.Threads))
	}
	must(t, api.DeleteChannel(post.ID()))
	if got := b.sim.Thread(post.ID().String()).State; got != sim.ThreadDeleted {
		t.Fatalf("state %s", got)
	}
}

func TestConformanceOfMessages(t *testing.T) {
	b := unlimited(t)
	api, thread := b.library(), id(b.post("Ana", "hello"))
	asked, err := b.sim.Say(deadline(t), thread.String(), "what? <@"+b.sim.ApplicationID()+">")
	must(t, err)
	sent, err := api.CreateMessage(thread, discord.MessageCreate{
		Content: "answer", Nonce: "01JD0A7Q4X9M2K5R8T1V6W3ZB", EnforceNonce: true,
		MessageReference: &discord.MessageReference{MessageID: ptr(id(asked.ID))}, Flags: discord.MessageFlagSuppressEmbeds,
	})
	must(t, err)
	if sent.Nonce != "01JD0A7Q4X9M2K5R8T1V6W3ZB" || sent.ReferencedMessage.Content != asked.Text || sent.Type != discord.MessageTypeReply {
		t.Fatalf("sent: %+v", sent)
	}
	edited, err := api.UpdateMessage(thread, sent.ID, discord.MessageUpdate{
		Content: ptr("better"), Files: []*discord.File{discord.NewFile("a.txt", "", strings.NewReader("x"))},
	})
	must(t, err)
	if edited.Content != "better" || edited.EditedTimestamp == nil || len(edited.Attachments) != 1 {
		t.Fatalf("edited: %+v", edited)
	}
	must(t, api.AddReaction(thread, id(asked.ID), "👀"))
	read, err := api.GetMessages(thread, 0, 0, thread, 50)
	must(t, err)
	if len(read) != 2 || read[0].ID != sent.ID || !read[1].Reactions[0].Me || len(read[1].Mentions) != 1 {
		t.Fatalf("history: %+v", read)
	}
	must(t, api.RemoveOwnReaction(thread, id(asked.ID), "👀"))
	must(t, api.SendTyping(thread))
	must(t, api.DeleteMessage(thread, sent.ID))
	_, err = api.UpdateMessage(thread, sent.ID, discord.MessageUpdate{Content: ptr("late")})
	if !rest.IsJSONErrorCode(err, rest.JSONErrorCodeUnknownMessage) {
		t.Fatalf("an edit of a deleted message: %v", err)
	}
	_, err = api.CreateMessage(thread, discord.MessageCreate{Content: strings.Repeat("x", 2001)})
	var refused *rest.Error
	if !errors.As(err, &refused) || refused.Code != 50035 || !strings.Contains(refused.Error(), "content -> BASE_TYPE_MAX_LENGTH") {
		t.Fatalf("too long a message: %v", err)
	}
}

func TestConformanceOfTheDoctorsQuestions(t *testing.T) {
	b := unlimited(t)
	api := b.library()
	me, err := api.GetCurrentUser("")
	must(t, err)
	app, err := api.GetCurrentApplication()
	must(t, err)
	gateway, err := api.GetGatewayBot()
	must(t, err)
	guild, err := api.GetGuild(id(b.sim.GuildID()), false)
	must(t, err)
	roles, err := api.GetRoles(guild.ID)
	must(t, err)
	member, err := api.GetMember(guild.ID, me.ID)
	must(t, err)
	channels, err := api.GetGuildChannels(guild.ID)
	must(t, err)
	if me.ID.String() != b.sim.ApplicationID() || !me.Bot || app.VerifyKey != b.sim.PublicKey() || gateway.URL != b.sim.GatewayURL() ||
		gateway.SessionStartLimit.Remaining != 1000 || len(roles) != 3 || len(member.RoleIDs) != 1 || len(channels) != 1 {
		t.Fatalf("%+v %+v %+v %+v %+v", me, app, gateway, roles, member)
	}
	overwrites := channels[0].PermissionOverwrites()
	if everyone, _ := overwrites.Role(guild.ID); !everyone.Deny.Has(discord.PermissionViewChannel) {
		t.Fatalf("overwrites: %+v", overwrites)
	}
	if !roles[1].Permissions.Has(discord.PermissionManageThreads, discord.PermissionSendMessagesInThreads, discord.PermissionReadMessageHistory) {
		t.Fatalf("the bot's role: %v", roles[1].Permissions)
	}
}

func TestConformanceOfWebhooksAndCommands(t *testing.T) {
	b := unlimited(t)
	api, thread := b.library(), id(b.post("Ana", "hello"))
	hook, err := api.CreateWebhook(id(b.sim.ChannelID()), discord.WebhookCreate{Name: "Visitors"})
	must(t, err)
	said, err := api.CreateWebhookMessage(hook.ID(), hook.Token, discord.WebhookMessageCreate{Content: "as Ana", Username: "Ana"},
		rest.CreateWebhookMessageParams{Wait: true, ThreadID: thread})
	must(t, err)
	if said.Author.Username != "Ana" || *said.WebhookID != hook.ID() {
		t.Fatalf("said: %+v", said)
	}
	_, err = api.UpdateWebhookMessage(hook.ID(), hook.Token, said.ID, discord.WebhookMessageUpdate{Content: ptr("edited")},
		rest.UpdateWebhookMessageParams{ThreadID: thread})
	must(t, err)
	must(t, api.DeleteWebhookMessage(hook.ID(), hook.Token, said.ID, thread))
	commands, err := api.SetGuildCommands(id(b.sim.ApplicationID()), id(b.sim.GuildID()), []discord.ApplicationCommandCreate{
		discord.SlashCommandCreate{Name: "close", Description: "closes", Options: []discord.ApplicationCommandOption{
			discord.ApplicationCommandOptionString{Name: "why", Description: "reason"}}},
	})
	must(t, err)
	if len(commands) != 1 || commands[0].Name() != "close" {
		t.Fatalf("commands: %+v", commands)
	}
	if status := b.sim.Requests("executeWebhook")[0]; strings.Contains(status.Path, hook.Token) || status.Status != http.StatusOK {
		t.Fatalf("the log shows the webhook's token, or %d", status.Status)
	}
}
