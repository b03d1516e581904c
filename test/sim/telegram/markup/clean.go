package markup

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Refusals that do not depend on a position.
var (
	ErrEncoding = errors.New("strings must be encoded in UTF-8")
	ErrEntity   = errors.New("can't parse MessageEntity: Unsupported type specified")
)

// Length counts as the server's limits do: in Unicode code points.
func Length(text string) int { return utf8.RuneCountInString(text) }

// Clean validates entities against text and returns both as the server would store them: control characters and
// line separators gone, white space trimmed at both ends, offsets moved accordingly, empty entities dropped.
func Clean(text string, entities []Entity) (string, []Entity, error) {
	if !utf8.ValidString(text) {
		return "", nil, ErrEncoding
	}
	kept, moved := strip(text)
	for _, e := range entities {
		if err := check(e, moved); err != nil {
			return "", nil, err
		}
	}
	start, end := trim(kept)
	low, high := units(kept[:start]), units(kept[:end])
	var out []Entity
	for _, e := range entities {
		from, to := clamp(moved[e.Offset], low, high), clamp(moved[e.end()], low, high)
		if from == to {
			continue
		}
		e.Offset, e.Length = from-low, to-from
		out = append(out, e)
	}
	sortEntities(out)
	return string(kept[start:end]), out, nil
}

// strip removes what the server removes. moved[i] is the new UTF-16 offset of the old offset i, or -1 where i is the
// middle of a surrogate pair.
func strip(text string) (kept []rune, moved []int) {
	kept, moved = make([]rune, 0, len(text)), make([]int, 0, len(text)+1)
	now := 0
	for _, r := range text {
		width := width(r)
		moved = append(moved, now)
		if width == 2 {
			moved = append(moved, -1)
		}
		r, keep := cleaned(r)
		if keep {
			kept = append(kept, r)
			now += width
		}
	}
	return kept, append(moved, now)
}

// cleaned follows TDLib's clean_input_string: control characters become spaces; carriage returns, line separators,
// direction overrides (U+2028–202E) and three combining strokes vanish.
func cleaned(r rune) (rune, bool) {
	switch {
	case r == '\n':
		return r, true
	case r == '\r', r >= 0x2028 && r <= 0x202e, r == 0x0333, r == 0x033f, r == 0x030a:
		return 0, false
	case r < 0x20:
		return ' ', true
	}
	return r, true
}

func check(e Entity, moved []int) error {
	size := len(moved) - 1
	switch {
	case !entityTypes[e.Type]:
		return ErrEntity
	case e.Offset < 0 || e.Offset > 1_000_000:
		return fmt.Errorf("receive an entity with incorrect offset %d", e.Offset)
	case e.Length < 0 || e.Length > 1_000_000:
		return fmt.Errorf("receive an entity with incorrect length %d", e.Length)
	case e.end() > size:
		return fmt.Errorf("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, size)
	case moved[e.Offset] < 0:
		return fmt.Errorf("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset)
	case moved[e.end()] < 0:
		return fmt.Errorf("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset, e.end())
	}
	return missing(e)
}

func missing(e Entity) error {
	switch {
	case e.Type == "text_link" && e.URL == "":
		return errors.New(`can't parse MessageEntity: Can't find field "url"`)
	case e.Type == "text_mention" && e.User == nil:
		return errors.New(`can't parse MessageEntity: Can't find field "user"`)
	case e.Type == "custom_emoji" && e.CustomEmojiID == "":
		return errors.New(`can't parse MessageEntity: Can't find field "custom_emoji_id"`)
	}
	return nil
}

func trim(runes []rune) (start, end int) {
	end = len(runes)
	for end > 0 && unicode.IsSpace(runes[end-1]) {
		end--
	}
	for start < end && unicode.IsSpace(runes[start]) {
		start++
	}
	return start, end
}

// Blank says whether a text has nothing to see: only white space and invisible characters.
func Blank(text string) bool {
	for _, r := range text {
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != 0x3164 {
			return false
		}
	}
	return true
}

func width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

func units(runes []rune) (n int) {
	for _, r := range runes {
		n += width(r)
	}
	return n
}

func clamp(v, low, high int) int { return min(max(v, low), high) }
