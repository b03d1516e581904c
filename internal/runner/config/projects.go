package config

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/v2"
)

// FileVariable names the file of several projects.
const FileVariable = "BELLHOP_CONFIG"

// maxFile bounds the file: a thousand projects have less.
const maxFile = 1 << 20

// projectsKey is the only key at the file's top.
const projectsKey = "projects"

// projects are the settings of a file, by project. The zero value of a *projects, nil, is an installation without one.
type projects struct {
	environment Lookup
	all         map[string]*project
}

// project is one project's settings: texts by variable, how each was spelled, and which refer to the environment.
type project struct {
	name      string
	values    map[string]string
	spelling  map[string]string
	referring map[string]bool
}

// readProjects reads the file that the environment names; nil without one.
func readProjects(environment Lookup) (*projects, Errors) {
	path, _ := environment(FileVariable)
	if path == "" {
		return nil, nil
	}
	wrong := func(found string) Errors {
		return Errors{&Error{Variable: FileVariable, Found: quote(path) + ": " + found, Expected: "a YAML file of projects"}}
	}
	data, err := readFile(path)
	if err != nil {
		return nil, wrong(cause(err))
	}
	values := koanf.New(".")
	if err := values.Load(document(data), nil); err != nil {
		return nil, wrong(err.Error())
	}
	r := reader{environment: environment, referenced: map[string]bool{}, projects: &projects{environment: environment, all: map[string]*project{}}}
	top := values.Raw()
	for key := range top {
		if key != projectsKey {
			r.wrong(key, "an unknown key", "only "+projectsKey+" at the top of the file")
		}
	}
	r.readAll(top[projectsKey])
	r.unread()
	slices.SortFunc(r.problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return r.projects, r.problems
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("larger than %d bytes", maxFile)
	}
	return data, err
}

// names of the projects, in order.
func (p *projects) names() []string { return slices.Sorted(maps.Keys(p.all)) }

// installation is what is left of the environment beside a file: nothing that is a project's own.
func (p *projects) installation(variable string) (string, bool) {
	if scopeOf(variable) >= own {
		return "", false
	}
	return p.environment(variable)
}

// lookup finds a variable of one project: its own setting, or what all projects share.
func (p *projects) lookup(of *project) Lookup {
	return func(variable string) (string, bool) {
		if value, ok := of.values[variable]; ok {
			return value, true
		}
		return p.installation(variable)
	}
}

// key is where a setting of a project stands, or would stand.
func (p *project) key(variable string) string {
	key := p.spelling[variable]
	if key == "" {
		key = Spell(variable)
	}
	return projectsKey + "." + p.name + "." + key
}

// about says whose setting a problem is about.
func (p *project) about(err error) error {
	switch e := err.(type) {
	case *Error:
		if p.referring[e.Variable] && e.Found != nothing {
			e.Found = hidden // it stands in the environment, perhaps because it is a secret
		}
		if p.spelling[e.Variable] != "" || scopeOf(e.Variable) >= own {
			e.Variable = p.key(e.Variable)
		}
		return e
	case *SetupError:
		e.Project = p.name
		return e
	}
	return fmt.Errorf("project %s: %w", p.name, err)
}
