package slack

import (
	"encoding/hex"
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// Ids of the simulated workspace that no option changes.
const (
	TeamID    = "T01BELLHOP"
	AppID     = "A01BELLHOP"
	BotID     = "B01BELLHOP" // bot_id of the app under test
	BotUserID = "U01BELLHOP" // its user
	slackbot  = "USLACKBOT"
)

// step is by how many microseconds two messages of one moment differ; Slack's own often end in 00.
const step = 100

const alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newID makes an id like F0A1B2C3D4.
func newID(rng *rand.Rand, prefix string) string {
	return prefix + "0" + random(rng, alphabet, 9)
}

func random(rng *rand.Rand, letters string, n int) string {
	var out strings.Builder
	for range n {
		out.WriteByte(letters[rng.Intn(len(letters))])
	}
	return out.String()
}

// uuid is the client_msg_id that people's clients make.
func uuid(rng *rand.Rand) string {
	var raw [16]byte
	_, _ = rng.Read(raw[:]) // never fails
	text := hex.EncodeToString(raw[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// nextTS gives out the ts of a message or event: the time in microseconds, greater than every one before it in the channel.
func (ch *channel) nextTS(now time.Time) string {
	micros := now.UnixMicro()
	if micros <= ch.LastTS {
		micros = ch.LastTS + step
	}
	ch.LastTS = micros
	return stamp(micros)
}

func stamp(micros int64) string { return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6) }

// isTS says whether a text has the form of a ts.
func isTS(text string) bool {
	seconds, micros, ok := strings.Cut(text, ".")
	return ok && len(seconds) >= 1 && len(seconds) <= 10 && len(micros) == 6 && digits(seconds) && digits(micros)
}

func digits(text string) bool {
	return strings.Trim(text, "0123456789") == ""
}
