package wire

import (
	"strconv"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Session is a session as a customer's backend knows it.
type Session struct {
	ID             string         `json:"id"`
	VisitorID      string         `json:"visitorId"`
	CreatedAt      *Time          `json:"createdAt,omitempty"`
	LastActivity   *Time          `json:"lastActivity,omitempty"`
	Status         string         `json:"status"`
	ClosedAt       *Time          `json:"closedAt,omitempty"`
	OperatorOnline bool           `json:"operatorOnline"`
	AIActive       bool           `json:"aiActive"`
	Metadata       map[string]any `json:"metadata,omitempty"`
	Identity       map[string]any `json:"identity,omitempty"`
	// Verified tells whether the site has proven that the visitor is whom identity.id names.
	Verified         bool   `json:"verified"`
	UserPhone        string `json:"userPhone,omitempty"`
	UserPhoneCountry string `json:"userPhoneCountry,omitempty"`
	Csat             *Csat  `json:"csat,omitempty"`

	// Where the conversation is on the platforms that have it.
	TelegramTopicID int64  `json:"telegramTopicId,omitempty"`
	DiscordThreadID string `json:"discordThreadId,omitempty"`
	SlackThreadTS   string `json:"slackThreadTs,omitempty"`
}

// Csat is a session's rating: asked for, or given.
type Csat struct {
	Pending     bool   `json:"pending"`
	Score       int32  `json:"score,omitempty"`
	Comment     string `json:"comment,omitempty"`
	RequestedAt *Time  `json:"requestedAt,omitempty"`
	RespondedAt *Time  `json:"respondedAt,omitempty"`
}

// Shown is the id by which a customer's backend knows a session: its own, where it has one.
func Shown(s *bellhopv1.Session) string {
	if own := s.GetExternalId(); own != "" {
		return own
	}
	return s.GetId()
}

// FromSession renders a session as far as it tells of itself.
func FromSession(s *bellhopv1.Session) Session {
	out := Session{
		ID: Shown(s), VisitorID: s.GetVisitorId(), CreatedAt: At(s.GetCreatedAt()), LastActivity: At(s.GetLastActivity()),
		Status: s.GetStatus(), ClosedAt: At(s.GetClosedAt()), AIActive: s.GetAiActive(), Metadata: object(s.GetMetadata()),
		Identity: object(s.GetIdentity()), Verified: s.GetIdentityVerified(), UserPhone: s.GetUserPhone(), UserPhoneCountry: s.GetUserPhoneCountry(),
	}
	if out.Status == "" {
		out.Status = "active" // what starts a session says nothing of its end
	}
	if rating := s.GetCsat(); rating != nil {
		out.Csat = &Csat{
			Pending: rating.GetPending(), Score: rating.GetScore(), Comment: rating.GetComment(),
			RequestedAt: At(rating.GetRequestedAt()), RespondedAt: At(rating.GetRespondedAt()),
		}
	}
	return out
}

// FromRecord renders a session with what is known beside it; online tells whether any operator is.
func FromRecord(r *sessionsv1.SessionRecord, online bool) Session {
	out := FromSession(r.GetSession())
	out.OperatorOnline = online
	thread := func(platform string) string { return r.GetPlatforms()[platform].GetThread() }
	if topic, err := strconv.ParseInt(thread("telegram"), 10, 64); err == nil {
		out.TelegramTopicID = topic
	}
	out.DiscordThreadID, out.SlackThreadTS = thread("discord"), thread("slack")
	return out
}
