package telegram

import "strings"

// method is one row of the Bot API. run is called with Server.mu held; getUpdates, which waits, and getFile's
// downloads are served elsewhere.
type method struct {
	name   string
	fields []string
	run    func(*call) (any, *apiError)
	// forAnswers says whether a webhook's answer may call it.
	forAnswers bool
}

const (
	sendFields = "business_connection_id chat_id message_thread_id direct_messages_topic_id disable_notification " +
		"protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup "
	topicFields   = "chat_id message_thread_id "
	captionFields = "caption parse_mode caption_entities show_caption_above_media "
	editFields    = "business_connection_id chat_id message_id inline_message_id reply_markup "
)

// methodTable lists the methods by their lower-case name, because the real server does not look at case.
func methodTable() map[string]method {
	table := map[string]method{}
	for _, m := range []method{
		row("getMe", "", (*call).getMe),
		row("getChat", "chat_id", (*call).getChat),
		row("getChatMember", "chat_id user_id", (*call).getChatMember),
		row("createForumTopic", "chat_id name icon_color icon_custom_emoji_id", (*call).createForumTopic),
		row("editForumTopic", topicFields+"name icon_custom_emoji_id", (*call).editForumTopic),
		row("closeForumTopic", topicFields, (*call).closeForumTopic),
		row("reopenForumTopic", topicFields, (*call).reopenForumTopic),
		row("deleteForumTopic", topicFields, (*call).deleteForumTopic),
		row("unpinAllForumTopicMessages", topicFields, (*call).unpinAllForumTopicMessages),
		row("getForumTopicIconStickers", "", (*call).getForumTopicIconStickers),
		row("sendMessage", sendFields+"text parse_mode entities link_preview_options", (*call).sendMessage),
		row("sendPhoto", sendFields+captionFields+"photo has_spoiler", (*call).sendPhoto),
		row("sendDocument", sendFields+captionFields+"document thumbnail disable_content_type_detection", (*call).sendDocument),
		row("sendMediaGroup", strings.ReplaceAll(sendFields, "reply_markup ", "")+"media", (*call).sendMediaGroup),
		row("sendChatAction", "business_connection_id chat_id message_thread_id action", (*call).sendChatAction),
		row("editMessageText", editFields+"text parse_mode entities link_preview_options", (*call).editMessageText),
		row("editMessageCaption", editFields+captionFields, (*call).editMessageCaption),
		row("editMessageReplyMarkup", editFields, (*call).editMessageReplyMarkup),
		row("deleteMessage", "chat_id message_id", (*call).deleteMessage),
		row("deleteMessages", "chat_id message_ids", (*call).deleteMessages),
		row("setMessageReaction", "chat_id message_id reaction is_big", (*call).setMessageReaction),
		row("pinChatMessage", "business_connection_id chat_id message_id disable_notification", (*call).pinChatMessage),
		row("unpinChatMessage", "business_connection_id chat_id message_id", (*call).unpinChatMessage),
		row("answerCallbackQuery", "callback_query_id text show_alert url cache_time", (*call).answerCallbackQuery),
		row("setMyCommands", "commands scope language_code", (*call).setMyCommands),
		row("getMyCommands", "scope language_code", (*call).getMyCommands),
		row("deleteMyCommands", "scope language_code", (*call).deleteMyCommands),
		row("getFile", "file_id", (*call).getFile),
		row("setWebhook", "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token", (*call).setWebhook),
		row("deleteWebhook", "drop_pending_updates", (*call).deleteWebhook),
		row("getWebhookInfo", "", (*call).getWebhookInfo),
		row(getUpdates, "offset limit timeout allowed_updates", nil),
	} {
		table[strings.ToLower(m.name)] = m
	}
	return table
}

// getUpdates is the one method that waits and therefore has no run function.
const getUpdates = "getUpdates"

func row(name, fields string, run func(*call) (any, *apiError)) method {
	m := method{name: name, fields: strings.Fields(fields), run: run}
	m.forAnswers = !strings.HasPrefix(name, "get") && name != "setWebhook" && name != "deleteWebhook"
	return m
}
