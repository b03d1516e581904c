package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// writeVariables sets variables in a file of NAME=value lines, and leaves its other lines alone. The file is readable by its
// owner only, because it holds secrets; it is replaced in one step.
func writeVariables(file string, set map[string]string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read variables: %w", err)
	}
	left := maps.Clone(set)
	var lines []string
	for line := range strings.Lines(string(old)) {
		line = strings.TrimRight(line, "\r\n")
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if value, ok := set[name]; ok {
			line = name + "=" + value
			delete(left, name)
		}
		lines = append(lines, line)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		lines = append(lines, name+"="+left[name])
	}
	temporary := file + ".new"
	if err := os.WriteFile(temporary, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("write variables: %w", err)
	}
	if err := os.Rename(temporary, file); err != nil {
		return fmt.Errorf("write variables: %w", err)
	}
	return nil
}
