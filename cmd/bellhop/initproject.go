package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// writeProject puts the variables into the file under names of the project's own, and shows what the projects' file must say: that file
// is people's, with their order and their comments.
func (s *setup) writeProject(set map[string]string) error {
	named := map[string]string{}
	lines := "projects:\n  " + s.project + ":\n"
	group := ""
	for _, variable := range slices.Sorted(maps.Keys(set)) {
		name := strings.ToUpper(strings.ReplaceAll(s.project, "-", "_")) + "_" + variable
		named[name] = set[variable]
		platform, key, _ := strings.Cut(config.Spell(variable), ".")
		if platform != group {
			group = platform
			lines += "    " + group + ":\n"
		}
		lines += "      " + key + ": ${" + name + "}\n"
	}
	if err := writeVariables(s.file, named); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "   Written to %s. Now add this to the file that BELLHOP_CONFIG names; bellhop doctor looks at all of it.\n\n%s", s.file, lines)
	return nil
}
