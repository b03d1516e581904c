package slack

import "encoding/json"

// SignalThread is the signal by which inbound tells the notifier that a thread's first message was deleted: the thread may be
// gone with it, and Slack takes answers to it all the same.
const SignalThread = "slack-thread"

// Encode is a place as a signal's payload.
func (p Place) Encode() []byte {
	data, err := json.Marshal(p)
	if err != nil {
		return nil // two strings can't fail
	}
	return data
}

// DecodePlace reads what Encode has written; false for anything else.
func DecodePlace(payload []byte) (Place, bool) {
	var p Place
	err := json.Unmarshal(payload, &p)
	return p, err == nil && p.Channel != "" && p.Thread != ""
}
