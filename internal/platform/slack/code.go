package slack

import "strings"

const (
	codeRateLimited = "ratelimited"
	codeQuota       = "message_limit_exceeded"
)

// codes are the errors worth telling apart, of all methods that are called here: the pages below
// https://docs.slack.dev/reference/methods list them, and the incoming webhooks' are in
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
var codes = map[string]Kind{
	"already_reacted":    KindDone,
	"no_reaction":        KindDone,
	"already_in_channel": KindDone,

	"ratelimited":  KindRateLimited,
	"rate_limited": KindRateLimited,
	codeQuota:      KindRateLimited,

	"invalid_auth":               KindGone,
	"not_authed":                 KindGone,
	"token_revoked":              KindGone,
	"token_expired":              KindGone,
	"account_inactive":           KindGone,
	"no_service":                 KindGone, // a webhook that was removed, or its app
	"no_active_hooks":            KindGone,
	"no_team":                    KindGone,
	"team_disabled":              KindGone,
	"invalid_token":              KindGone,
	"channel_not_found":          KindGone,
	"channel_type_not_supported": KindGone,
	"link_disabled":              KindGone,

	"not_in_channel": KindNotInChannel,

	"missing_scope":                            KindNoRights,
	"no_permission":                            KindNoRights,
	"not_allowed_token_type":                   KindNoRights,
	"access_denied":                            KindNoRights,
	"team_access_not_granted":                  KindNoRights,
	"ekm_access_denied":                        KindNoRights,
	"org_login_required":                       KindNoRights,
	"enterprise_is_restricted":                 KindNoRights,
	"two_factor_setup_required":                KindNoRights,
	"is_archived":                              KindNoRights,
	"channel_is_archived":                      KindNoRights,
	"action_prohibited":                        KindNoRights,
	"posting_to_general_channel_denied":        KindNoRights,
	"method_not_supported_for_channel_type":    KindNoRights,
	"restricted_action":                        KindNoRights,
	"restricted_action_read_only_channel":      KindNoRights,
	"restricted_action_thread_only_channel":    KindNoRights,
	"restricted_action_non_threadable_channel": KindNoRights,

	"restricted_action_thread_locked": KindThreadClosed,
	"thread_locked":                   KindThreadClosed,

	"thread_not_found":        KindThreadGone,
	"cannot_reply_to_message": KindThreadGone,
	"invalid_thread_ts":       KindThreadGone,

	"message_not_found": KindMessageGone,
	"bad_timestamp":     KindMessageGone,

	"cant_update_message": KindNotEditable,
	"cant_delete_message": KindNotEditable,
	"edit_window_closed":  KindNotEditable,
	"update_failed":       KindNotEditable,
	"is_inactive":         KindNotEditable,

	"msg_too_long":            KindTextRefused,
	"msg_blocks_too_long":     KindTextRefused,
	"invalid_blocks":          KindTextRefused,
	"invalid_blocks_format":   KindTextRefused,
	"invalid_metadata_format": KindTextRefused,
	"invalid_metadata_schema": KindTextRefused,
	"metadata_too_large":      KindTextRefused,
	"no_text":                 KindTextRefused,
	"markdown_text_conflict":  KindTextRefused,
	"too_many_attachments":    KindTextRefused,
	"invalid_payload":         KindTextRefused,

	"posting_to_channel_denied":                 KindFileRefused, // only an upload is told so
	"file_not_found":                            KindFileRefused,
	"file_deleted":                              KindFileRefused,
	"file_update_failed":                        KindFileRefused,
	"file_uploads_disabled":                     KindFileRefused,
	"file_uploads_except_images_disabled":       KindFileRefused,
	"file_upload_size_restricted":               KindFileRefused,
	"file_upload_size_exceeded":                 KindFileRefused,
	"file_type_not_allowed":                     KindFileRefused,
	"storage_limit_reached":                     KindFileRefused,
	"slack_connect_file_upload_sharing_blocked": KindFileRefused,
	"slack_connect_file_link_sharing_blocked":   KindFileRefused,
	"slack_connect_blocked_file_type":           KindFileRefused,

	"invalid_name":        KindBadRequest,
	"too_many_emoji":      KindBadRequest,
	"too_many_reactions":  KindBadRequest,
	"not_reactable":       KindBadRequest,
	"user_not_found":      KindBadRequest,
	"user_not_visible":    KindBadRequest,
	"user_not_in_channel": KindBadRequest,
	"invalid_arguments":   KindBadRequest,
	"invalid_arg_name":    KindBadRequest,
	"invalid_array_arg":   KindBadRequest,
	"invalid_charset":     KindBadRequest,
	"invalid_form_data":   KindBadRequest,
	"invalid_post_type":   KindBadRequest,
	"missing_post_type":   KindBadRequest,
	"unknown_method":      KindBadRequest,
	"method_deprecated":   KindBadRequest,
	"deprecated_endpoint": KindBadRequest,
	"unknown_subtype":     KindBadRequest,

	"fatal_error":         KindUnknown,
	"internal_error":      KindUnknown,
	"request_timeout":     KindUnknown,
	"service_unavailable": KindUnknown,
	"rollup_error":        KindUnknown,
	"accesslimited":       KindUnknown, // while the workspace is being moved
	"team_added_to_org":   KindUnknown,
	"unreadable_error":    KindUnknown,
}

// kindOfStranger judges a code that is not on the list by its family. A refusal that nobody knows is a refusal still: what
// was asked for was not done.
func kindOfStranger(e *Error) Kind {
	switch {
	case strings.HasPrefix(e.Code, "restricted_action"):
		return KindNoRights
	case strings.HasPrefix(e.Code, "file_"), strings.HasPrefix(e.Code, "slack_connect_"):
		return KindFileRefused
	case strings.HasPrefix(e.Code, "invalid_blocks"):
		return KindTextRefused
	case e.HTTPStatus >= 500:
		return KindUnknown
	}
	return KindBadRequest
}
