package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// reader makes projects of a file, and notes what is wrong with it.
type reader struct {
	environment Lookup
	referenced  map[string]bool
	projects    *projects
	// expanded counts the references that were followed.
	expanded int
	problems Errors
}

func (r *reader) wrong(key, found, expected string) {
	if strings.ContainsFunc(key, func(c rune) bool { return !unicode.IsPrint(c) }) || len(key) > maxShown {
		key = quote(key)
	}
	r.problems = r.problems.add(&Error{Variable: key, Found: found, Expected: expected})
}

func (r *reader) readAll(value any) {
	all, ok := value.(map[string]any)
	if !ok || len(all) == 0 {
		r.wrong(projectsKey, nothing, "a mapping with one key for each project")
		return
	}
	for name, value := range all {
		if _, err := id.ParseProject(name); err != nil {
			r.wrong(projectsKey+"."+quote(name), "a name that no project can have", "1 to 40 lower case letters, digits and dashes")
			continue
		}
		p := &project{name: name, values: map[string]string{}, spelling: map[string]string{}, referring: map[string]bool{}}
		settings, ok := value.(map[string]any)
		if !ok && value != "" {
			r.wrong(projectsKey+"."+name, "a value", "a mapping of settings")
			continue
		}
		r.projects.all[name] = p
		r.read(p, "", settings)
	}
}

// read takes the settings below a key of a project.
func (r *reader) read(p *project, prefix string, settings map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		key, value := prefix+name, settings[name]
		if below, ok := value.(map[string]any); ok {
			r.read(p, key+".", below)
			continue
		}
		at := projectsKey + "." + p.name + "." + key
		variable, known := variableOf(key)
		switch {
		case !known:
			r.wrong(at, "an unknown key", "a setting of a project; the nearest is "+nearest(key))
		case scopeOf(variable) == ofInstallation:
			r.wrong(at, "a setting of the whole installation", "it in the environment, as "+variable)
		case p.spelling[variable] != "":
			r.wrong(at, "what "+p.spelling[variable]+" says already", "only one of the two")
		default:
			before := r.expanded
			p.spelling[variable] = key
			p.values[variable] = r.value(at, value)
			p.referring[variable] = r.expanded > before
		}
	}
}

// value is a setting's text: a list's items are divided by commas, as in a variable.
func (r *reader) value(at string, value any) string {
	switch value := value.(type) {
	case []string:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = r.expand(at, item)
			if strings.Contains(items[i], ",") {
				r.wrong(at, "a comma in an item of a list", "items without commas")
			}
		}
		return strings.Join(items, ",")
	default:
		text, _ := value.(string) // document answers nothing else
		return r.expand(at, text)
	}
}

// reference is ${NAME}, or $${, which stands for ${ itself.
var reference = regexp.MustCompile(`\$\$\{|\$\{[^}]*\}?`)

var variableName = regexp.MustCompile(`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`)

// expand puts variables of the environment in the place of their names.
func (r *reader) expand(at, text string) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		if found == "$${" {
			return "${"
		}
		if !variableName.MatchString(found) {
			r.wrong(at, "a ${ that names no variable", "${NAME}, or $${ for the characters themselves")
			return ""
		}
		name := found[2 : len(found)-1]
		r.referenced[name] = true
		r.expanded++
		value, _ := r.environment(name)
		if value == "" {
			r.wrong(at, found+", which is not set", "a variable of the environment that is set")
		}
		return value
	})
}

// unread complains of variables that would have counted without the file, and do not with it.
func (r *reader) unread() {
	for _, variable := range ofProject() {
		if value, _ := r.environment(variable); value != "" && scopeOf(variable) >= own && !r.referenced[variable] {
			r.wrong(variable, "a value in the environment, which is no project's", "it in "+FileVariable+" as projects.<name>."+Spell(variable)+
				", where it may be ${"+variable+"}")
		}
	}
}
