package channels

import "strings"

// What a [WebhookEvent] may be called. Let others pass: a server may have more.
const (
	// ChannelOccupied: the first has come into a channel.
	ChannelOccupied = "channel_occupied"
	// ChannelVacated: the last has left it; told some seconds later, and not at all when somebody came back meanwhile.
	ChannelVacated = "channel_vacated"
	// MemberAdded: a user has come into a presence channel, with the first of its sockets.
	MemberAdded = "member_added"
	// MemberRemoved: a user has left it with the last one; told some seconds later, and not at all when the user came back meanwhile.
	MemberRemoved = "member_removed"
	// ClientEvent: a page has sent an event to others.
	ClientEvent = "client_event"
	// CacheMiss: somebody has come into a cache channel that has nothing cached.
	CacheMiss = "cache_miss"
	// SubscriptionCounted: the number of sockets in a channel has changed.
	SubscriptionCounted = "subscription_count"
)

// WebhookEvent is something that happened.
type WebhookEvent struct {
	// Name says what; Channel where.
	Name, Channel string
	// UserID is the member's of MemberAdded and MemberRemoved, and on presence channels the sender's of ClientEvent.
	UserID string
	// Event and Data are what a client sent, and SocketID is who: ClientEvent only.
	Event, Data, SocketID string
	// DataError is why Data are still encrypted as they came: nil unless the channel is an encrypted one, and there is no master key, or
	// not the one that they were encrypted with.
	DataError error
	// SubscriptionCount is the number of SubscriptionCounted.
	SubscriptionCount int
}

// toldEvent is one as it travels. Some servers send data that are no string, and ids that are numbers.
type toldEvent struct {
	Name     string `json:"name"`
	Channel  string `json:"channel"`
	UserID   words  `json:"user_id"`
	Event    string `json:"event"`
	Data     words  `json:"data"`
	SocketID string `json:"socket_id"`
	Count    int    `json:"subscription_count"`
}

func (c *Client) event(t toldEvent) WebhookEvent {
	e := WebhookEvent{
		Name: t.Name, Channel: t.Channel, UserID: string(t.UserID),
		Event: t.Event, Data: string(t.Data), SocketID: t.SocketID, SubscriptionCount: t.Count,
	}
	if e.Name != ClientEvent || !strings.HasPrefix(e.Channel, encryptedPrefix) {
		return e
	}
	opened, err := c.open(e.Channel, e.Data)
	if err != nil {
		e.DataError = err
		return e
	}
	e.Data = opened
	return e
}
