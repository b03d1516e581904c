package appearance

import (
	"bytes"
	"encoding/json"
	"strings"
)

// colour renders a setting: a text, or an object of the shapes that the widget knows. Empty is nil.
func colour(value string) (json.RawMessage, bool) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return nil, true
	case !isLine(value):
		return nil, false
	case !strings.HasPrefix(value, "{"):
		raw, err := json.Marshal(value)
		return raw, err == nil
	}
	raw := json.RawMessage(value)
	if !isGradient(raw) && !isThemed(raw) {
		return nil, false
	}
	var flat bytes.Buffer
	if err := json.Compact(&flat, raw); err != nil {
		return nil, false
	}
	return flat.Bytes(), true
}

// isGradient tells {"from","to","direction"?}.
func isGradient(raw json.RawMessage) bool {
	var g struct{ From, To, Direction string }
	return strict(raw, &g) == nil && g.From != "" && g.To != ""
}

// isThemed tells {"light","dark"} of texts or gradients.
func isThemed(raw json.RawMessage) bool {
	var themed struct{ Light, Dark json.RawMessage }
	if strict(raw, &themed) != nil {
		return false
	}
	for _, one := range []json.RawMessage{themed.Light, themed.Dark} {
		var text string
		if (json.Unmarshal(one, &text) != nil || text == "") && !isGradient(one) {
			return false
		}
	}
	return true
}

// strict reads JSON that has no other keys.
func strict(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
