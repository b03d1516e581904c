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

// readVariables reads a file of NAME=value lines, as writeVariables leaves it: lines that begin with # are no variables, and a value
// may stand in quotes. A file that is not there has none.
func readVariables(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read variables: %w", err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(data)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
			value = value[1 : n-1]
		}
		found[name] = value
	}
	return found, nil
}
