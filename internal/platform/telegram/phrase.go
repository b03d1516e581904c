package telegram

import (
	"net/http"
	"strings"
)

// phrase is a part of a description and what it means.
type phrase struct {
	contains string
	kind     Kind
}

// phrases are what the descriptions of 400 and 403 contain, in lower case; the first that matches counts. Telegram
// promises none of them, so what is not here is KindBadRequest for 400 and KindGone for 403. Words in capitals are those of
// Telegram's own protocol, which the Bot API passes on.
var phrases = []phrase{
	{"message thread not found", KindThreadGone},
	{"topic_deleted", KindThreadGone},
	{"topic_id_invalid", KindThreadGone},
	{"topic_closed", KindThreadClosed},
	{"topic_not_modified", KindDone},
	{"message is not modified", KindDone},
	{"message_not_modified", KindDone}, // the reaction that is there already
	{"query is too old", KindDone},
	{"message to edit not found", KindMessageGone},
	{"message to delete not found", KindMessageGone},
	{"message to react not found", KindMessageGone},
	{"message to be replied not found", KindMessageGone},
	{"message_id_invalid", KindMessageGone},
	{"message can't be edited", KindImmutable},
	{"message can't be deleted", KindImmutable},
	{"no text in the message to edit", KindImmutable},
	{"no caption in the message to edit", KindImmutable},
	{"photo_invalid_dimensions", KindMediaRefused},
	{"photo_ext_invalid", KindMediaRefused},
	{"photo_save_file_invalid", KindMediaRefused},
	{"image_process_failed", KindMediaRefused},
	{"file is too big", KindFileTooBig},
	{"wrong file_id", KindFileGone},
	{"wrong remote file", KindFileGone},
	{"wrong file identifier", KindFileGone},
	{"file_reference_expired", KindFileGone},
	{"reaction_invalid", KindReactionRefused},
	{"reactions_too_many", KindReactionRefused},
	{"not enough rights to react", KindReactionRefused},
	{"not a forum", KindNoRights},
	{"not enough rights to send text messages", KindNoRights},
	{"not enough rights to send messages", KindNoRights},
	{"not enough rights to send", KindMediaForbidden}, // photos, documents, …
	{"not enough rights", KindNoRights},
	{"have no rights", KindNoRights},
	{"chat_send_plain_forbidden", KindNoRights},
	{"chat_write_forbidden", KindNoRights},
	{"chat_send_", KindMediaForbidden}, // CHAT_SEND_PHOTOS_FORBIDDEN, CHAT_SEND_DOCS_FORBIDDEN, …
	{"chat_admin_required", KindNoRights},
	{"need administrator rights", KindNoRights},
	{"chat not found", KindGone},
	{"group chat was deleted", KindGone},
}

func kindOfText(e *Error) Kind {
	text := strings.ToLower(e.Description)
	for _, known := range phrases {
		if strings.Contains(text, known.contains) {
			return known.kind
		}
	}
	if e.Code == http.StatusForbidden {
		return KindGone
	}
	return KindBadRequest
}
