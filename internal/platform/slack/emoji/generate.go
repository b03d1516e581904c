//go:build ignore

// Makes table.txt of emoji-data's emoji.json:
//
//	npm pack emoji-datasource@16.0.0 && tar xzf emoji-datasource-16.0.0.tgz package/emoji.json package/LICENSE
//	go run generate.go package/emoji.json package/LICENSE > table.txt
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	data, err := os.ReadFile(os.Args[1])
	must(err)
	licence, err := os.ReadFile(os.Args[2])
	must(err)
	var all []struct {
		Unified string                     `json:"unified"`
		Names   []string                   `json:"short_names"`
		Tones   map[string]json.RawMessage `json:"skin_variations"`
	}
	must(json.Unmarshal(data, &all))
	rows := make([]string, 0, len(all))
	for _, e := range all {
		mark := ""
		if len(e.Tones) > 0 {
			mark = "+"
		}
		rows = append(rows, character(e.Unified)+mark+"\t"+strings.Join(e.Names, " "))
	}
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(names(a), names(b)) })
	head := "Emoji by the names that Slack gives them: the character, a \"+\" where it comes in skin tones, a tab, its names.\n" +
		"Made by generate.go of emoji.json in the npm package emoji-datasource 16.0.0 (https://github.com/iamcal/emoji-data), whose\n" +
		"short names are Slack's. Its licence:\n\n" + strings.TrimSpace(string(licence))
	for line := range strings.SplitSeq(head, "\n") {
		fmt.Println(strings.TrimSpace("# " + line))
	}
	fmt.Println(strings.Join(rows, "\n"))
}

// character is what a list of code points in hexadecimal spells.
func character(unified string) string {
	var s strings.Builder
	for point := range strings.SplitSeq(unified, "-") {
		r, err := strconv.ParseUint(point, 16, 21)
		must(err)
		s.WriteRune(rune(r))
	}
	return s.String()
}

func names(row string) string {
	_, after, _ := strings.Cut(row, "\t")
	return after
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
