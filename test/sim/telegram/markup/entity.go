package markup

import "sort"

// Entity is one formatted or linked stretch of a text. Offset and Length count UTF-16 code units.
type Entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	User          *User  `json:"user,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
}

// User is whom a text_mention entity points at, and any user of the Bot API.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

func (e Entity) end() int { return e.Offset + e.Length }

// literal says whether nothing inside the entity is linked or formatted.
func (e Entity) literal() bool { return e.Type == "code" || e.Type == "pre" }

var entityTypes = map[string]bool{
	"mention": true, "hashtag": true, "cashtag": true, "bot_command": true, "url": true, "email": true,
	"phone_number": true, "bold": true, "italic": true, "underline": true, "strikethrough": true,
	"spoiler": true, "blockquote": true, "expandable_blockquote": true, "code": true, "pre": true,
	"text_link": true, "text_mention": true, "custom_emoji": true,
}

func sortEntities(entities []Entity) {
	sort.SliceStable(entities, func(i, j int) bool {
		if entities[i].Offset != entities[j].Offset {
			return entities[i].Offset < entities[j].Offset
		}
		return entities[i].Length > entities[j].Length
	})
}

// Overlapping reports the first pair of entities that breaks the nesting rule (fully nested or disjoint, nothing
// inside code and pre, no blockquote in a blockquote). The real server repairs such input in silence, so this is
// a warning and not a refusal.
func Overlapping(entities []Entity) (a, b Entity, found bool) {
	for i, outer := range entities {
		for _, inner := range entities[i+1:] {
			if inner.Offset >= outer.end() || outer.Offset >= inner.end() {
				continue
			}
			if !nests(outer, inner) && !nests(inner, outer) {
				return outer, inner, true
			}
		}
	}
	return Entity{}, Entity{}, false
}

func nests(outer, inner Entity) bool {
	if inner.Offset < outer.Offset || inner.end() > outer.end() || outer.literal() {
		return false
	}
	return !quote(outer) || !quote(inner)
}

func quote(e Entity) bool { return e.Type == "blockquote" || e.Type == "expandable_blockquote" }
