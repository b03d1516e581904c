package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// markOf names a part of a post by the first of what it shows: a post that is tried again may have gathered more.
func markOf(post deliver.Post, part int, show webapi.Content) (mark webapi.Mark, since time.Time) {
	switch {
	case len(post.Messages) > 0:
		m := post.Messages[0].GetMessage()
		mark.ID, since = m.GetId(), m.GetTimestamp().AsTime()
	case len(post.Notices) > 0:
		n := post.Notices[0]
		mark.ID, since = "notice-"+strconv.FormatUint(n.GetSeq(), 10), n.GetAt().AsTime()
	default:
		return webapi.Mark{}, since
	}
	if part > 0 {
		mark.ID += "-" + strconv.Itoa(part+1)
	}
	mark.Version = version(show)
	return mark, since
}

// cardMark names a session's card. Other apps can read it, so it does not tell the session's id, which is a key.
func cardMark(record *sessionsv1.SessionRecord, show webapi.Content) webapi.Mark {
	return webapi.Mark{ID: "card-" + digest(record.GetSession().GetId()), Version: version(show)}
}

// version is a short name of what a message shows.
func version(show webapi.Content) string {
	blocks, err := json.Marshal(show.Blocks)
	if err != nil {
		blocks = nil // plain structs can't fail
	}
	return digest(show.Text + string(blocks))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
