package appearance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"
)

// element is one tracked element, as the widget takes it.
type element struct {
	Selector      string         `json:"selector"`
	Event         string         `json:"event,omitempty"`
	Name          string         `json:"name"`
	WidgetMessage string         `json:"widgetMessage,omitempty"`
	Data          map[string]any `json:"data,omitempty"`
}

const (
	// maxElements is how many elements a page tracks at most.
	maxElements = 100
	// maxTracked bounds the file, in bytes: it goes to every page.
	maxTracked = 64 << 10
	// maxName is the longest name of an event, in characters.
	maxName = 100
	// watchEvery is how often the file is looked at.
	watchEvery = 2 * time.Second
)

// domEvents are those that the widget listens for.
var domEvents = []string{"", "click", "submit", "focus", "change", "mouseenter"}

// readTracked reads the setting: nothing, an array, or a file's path.
func readTracked(setting string) (json.RawMessage, error) {
	setting = strings.TrimSpace(setting)
	if setting == "" {
		return nil, nil
	}
	if strings.HasPrefix(setting, "[") {
		return parseTracked([]byte(setting))
	}
	info, err := os.Stat(setting)
	switch {
	case err != nil:
		return nil, errors.New("there is no such file")
	case info.Size() > maxTracked || !info.Mode().IsRegular():
		return nil, errors.New("the file must have at most 64 KiB")
	}
	raw, err := os.ReadFile(setting)
	if err != nil {
		return nil, errors.New("the file cannot be read")
	}
	return parseTracked(raw)
}

// parseTracked checks the elements and answers them as the widget is told.
func parseTracked(raw []byte) (json.RawMessage, error) {
	if len(raw) > maxTracked {
		return nil, errors.New("more than 64 KiB")
	}
	elements := []element{}
	if err := strict(raw, &elements); err != nil || elements == nil {
		return nil, errors.New("not a JSON array of {selector, event, name, widgetMessage, data}")
	}
	if len(elements) > maxElements {
		return nil, fmt.Errorf("%d elements, at most %d", len(elements), maxElements)
	}
	for i, e := range elements {
		switch {
		case strings.TrimSpace(e.Selector) == "":
			return nil, fmt.Errorf("element %d has no selector", i+1)
		case strings.TrimSpace(e.Name) == "" || utf8.RuneCountInString(e.Name) > maxName:
			return nil, fmt.Errorf("the name of element %d must have 1 to %d characters", i+1, maxName)
		case !slices.Contains(domEvents, e.Event):
			return nil, fmt.Errorf("the event of element %d must be one of click, submit, focus, change, mouseenter", i+1)
		}
	}
	return json.Marshal(elements)
}

// Tracked is what is tracked now.
type Tracked struct {
	setting string
	now     atomic.Pointer[json.RawMessage]
	changed atomic.Bool
}

// NewTracked reads a valid setting.
func NewTracked(setting string) (*Tracked, error) {
	raw, err := readTracked(setting)
	if err != nil {
		return nil, fmt.Errorf("read tracked elements: %w", err)
	}
	t := &Tracked{setting: strings.TrimSpace(setting)}
	t.now.Store(&raw)
	return t, nil
}

// Elements are a JSON array; nil when none are configured.
func (t *Tracked) Elements() json.RawMessage {
	if t == nil {
		return nil
	}
	return *t.now.Load()
}

// Changed tells whether there were others since the start: pages that were away may have those.
func (t *Tracked) Changed() bool { return t != nil && t.changed.Load() }

// Watch looks at the file until ctx ends, and calls tell after it has changed. What is not right in it changes nothing.
func (t *Tracked) Watch(ctx context.Context, log *zap.Logger, tell func()) error {
	if t.setting == "" || strings.HasPrefix(t.setting, "[") {
		return nil
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	complained := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		raw, err := readTracked(t.setting)
		switch {
		case err != nil:
			if err.Error() != complained {
				log.Warn("tracked elements cannot be read; the ones before go on", zap.Error(err))
				complained = err.Error()
			}
		case bytes.Equal(raw, t.Elements()):
			complained = ""
		default:
			complained = ""
			t.now.Store(&raw)
			t.changed.Store(true)
			tell()
		}
	}
}
