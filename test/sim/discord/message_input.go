package discord

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Limits of a message.
const (
	maxContent     = 2000
	maxNonce       = 25
	maxEmbeds      = 10
	maxFiles       = 10
	maxRows        = 5
	maxStickers    = 3
	maxThreadName  = 100
	maxWebhookName = 80
)

// Message flags.
const (
	flagSuppressEmbeds = 1 << 2
	flagHasThread      = 1 << 5
	flagEphemeral      = 1 << 6
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagComponentsV2   = 1 << 15

	settableFlags = flagSuppressEmbeds | flagEphemeral | flagSilent | flagComponentsV2
)

// messageInput is what a message's body says. A given field may be empty.
type messageInput struct {
	content        string
	hasContent     bool
	embeds         []json.RawMessage
	hasEmbeds      bool
	components     []json.RawMessage
	buttons        [][]Button
	hasComponents  bool
	flags          int
	hasFlags       bool
	mentions       *allowedMentions // nil: not given
	nonce          string
	numberNonce    bool
	enforce        bool
	reference      *reference
	attachments    []attachmentInput
	hasAttachments bool
	other          bool // stickers or a poll
}

// reference is a message_reference.
type reference struct {
	messageID, channelID string
	must                 bool // fail_if_not_exists
}

// readMessage reads the fields that all messages have, from f, which may be inside of the whole form.
func (c *call) readMessage(f *form) messageInput {
	var in messageInput
	in.content, in.hasContent = f.text("content", maxContent)
	in.content = strings.TrimSpace(in.content)
	if f.isNull("content") {
		in.hasContent = true
	}
	if !utf8.ValidString(in.content) {
		f.fail("content", "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
	}
	in.embeds, in.hasEmbeds = readEmbeds(f)
	flags, given := f.integer("flags")
	in.flags, in.hasFlags = int(flags), given
	if in.flags&^settableFlags != 0 {
		c.warn("flags holds bits that cannot be set")
		in.flags &= settableFlags
	}
	in.components, in.buttons, in.hasComponents = c.readComponents(f, in.flags&flagComponentsV2 != 0)
	in.mentions = readAllowedMentions(f)
	c.readAttachments(f, &in)
	f.ignore("tts")
	return in
}

// readNew reads the fields that only a new message of the bot has.
func (c *call) readNew(f *form) messageInput {
	in := c.readMessage(f)
	if stickers, _ := f.list("sticker_ids", maxStickers); len(stickers) > 0 {
		in.other = true
	}
	if f.object("poll") != nil {
		in.other = true
		c.warn("polls are not simulated")
	}
	if raw, ok := f.given("nonce"); ok {
		in.nonce, in.numberNonce = strings.Trim(string(raw), `"`), raw[0] != '"'
		if utf8.RuneCountInString(in.nonce) > maxNonce {
			f.fail("nonce", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
		}
	}
	in.enforce, _ = f.flag("enforce_nonce")
	if in.enforce && in.nonce == "" {
		c.warn("enforce_nonce without a nonce has no effect")
	}
	if ref := f.object("message_reference"); ref != nil {
		r := reference{messageID: ref.id("message_id", true), channelID: ref.id("channel_id", false), must: true}
		if must, given := ref.flag("fail_if_not_exists"); given {
			r.must = must
		}
		if kind, given := ref.integer("type"); given && kind != 0 {
			c.warn("forwards are not simulated")
		}
		ref.ignore("guild_id")
		in.reference = &r
	}
	return in
}

// empty says whether there is nothing to show.
func (in *messageInput) empty() bool {
	return in.content == "" && len(in.embeds) == 0 && len(in.components) == 0 && len(in.attachments) == 0 && !in.other
}

// check refuses what is wrong in the form, and a message without anything in it.
func (c *call) check(in *messageInput) *apiError {
	if err := c.form.err(); err != nil {
		return err
	}
	if in.empty() {
		return errEmptyMessage
	}
	for _, a := range in.attachments {
		if a.file != nil && int64(len(a.file.Data)) > c.s.opts.FileLimit {
			return errFileTooLarge
		}
	}
	return nil
}

// needContent refuses what the bot may not put into a message there.
func (c *call) needContent(ch *channel, in *messageInput) *apiError {
	bits := permViewChannel | sendBit(ch)
	if len(in.attachments) > 0 {
		bits |= permAttachFiles
	}
	if len(in.embeds) > 0 {
		bits |= permEmbedLinks
	}
	return c.need(ch, bits)
}
