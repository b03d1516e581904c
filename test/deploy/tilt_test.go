package deploy

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// tilt stands in for Tilt: it has as much of its built-ins as the Tiltfile calls, and remembers what it was told.
type tilt struct {
	dotenv    string // what .env holds
	site      *site
	resources map[string]call // by name
	images    map[string]call
	locals    map[string]call
}

// call is what a built-in was called with, by the parameters' names.
type call map[string]starlark.Value

func (c call) list(name string) (texts []string) {
	if list, ok := c[name].(*starlark.List); ok {
		for value := range list.Elements() {
			texts = append(texts, strings.Trim(value.String(), `"`))
		}
	}
	return texts
}

// evaluate runs the Tiltfile as Tilt does: statements may stand outside of functions.
func evaluate(t *testing.T, dotenv string) *tilt {
	t.Helper()
	w := &tilt{dotenv: dotenv, site: &site{}, resources: map[string]call{}, images: map[string]call{}, locals: map[string]call{}}
	known := starlark.StringDict{
		"os":                  starlarkModule{"getenv": builtin("getenv", []string{"name", "default"}, func(c call) (starlark.Value, error) { return c["default"], nil })},
		"read_file":           builtin("read_file", []string{"path", "default"}, func(call) (starlark.Value, error) { return starlark.String(w.dotenv), nil }),
		"kustomize":           builtin("kustomize", []string{"path"}, kustomize),
		"decode_yaml_stream":  builtin("decode_yaml_stream", []string{"yaml"}, decodeStream),
		"encode_yaml_stream":  builtin("encode_yaml_stream", []string{"objects"}, func(c call) (starlark.Value, error) { return c["objects"], nil }),
		"k8s_yaml":            builtin("k8s_yaml", []string{"yaml"}, w.apply(t)),
		"k8s_resource":        builtin("k8s_resource", []string{"workload", "port_forwards", "resource_deps", "labels", "links"}, remember(w.resources, "workload")),
		"custom_build":        builtin("custom_build", []string{"ref", "command", "deps", "live_update"}, remember(w.images, "ref")),
		"local_resource":      builtin("local_resource", []string{"name", "cmd", "deps", "labels", "allow_parallel", "auto_init", "trigger_mode"}, remember(w.locals, "name")),
		"sync":                builtin("sync", []string{"local", "remote"}, shown("sync", "local", "remote")),
		"run":                 builtin("run", []string{"cmd"}, shown("run", "cmd")),
		"link":                builtin("link", []string{"url", "name"}, shown("link", "url", "name")),
		"TRIGGER_MODE_MANUAL": starlark.String("manual"),
	}
	text, err := os.ReadFile("../../Tiltfile")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines >= 100 {
		t.Errorf("the Tiltfile has %d lines", lines)
	}
	options := &syntax.FileOptions{TopLevelControl: true, GlobalReassign: true}
	if _, err := starlark.ExecFileOptions(options, &starlark.Thread{}, "Tiltfile", text, known); err != nil {
		if trace, ok := errors.AsType[*starlark.EvalError](err); ok {
			t.Fatal(trace.Backtrace())
		}
		t.Fatal(err)
	}
	return w
}

// builtin takes its arguments by place or name, and refuses any that Tilt does not know.
func builtin(name string, parameters []string, do func(call) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, named []starlark.Tuple) (starlark.Value, error) {
		c := call{}
		if len(args) > len(parameters) {
			return nil, fmt.Errorf("%s: %d arguments", name, len(args))
		}
		for i, value := range args {
			c[parameters[i]] = value
		}
		for _, pair := range named {
			key := string(pair[0].(starlark.String))
			if !slices.Contains(parameters, key) || c[key] != nil {
				return nil, fmt.Errorf("%s: argument %s", name, key)
			}
			c[key] = pair[1]
		}
		return do(c)
	})
}

// starlarkModule is a value with functions.
type starlarkModule map[string]*starlark.Builtin

func (starlarkModule) String() string                             { return "module" }
func (starlarkModule) Type() string                               { return "module" }
func (starlarkModule) Freeze()                                    {}
func (starlarkModule) Truth() starlark.Bool                       { return true }
func (starlarkModule) Hash() (uint32, error)                      { return 0, nil }
func (m starlarkModule) AttrNames() []string                      { return slices.Sorted(maps.Keys(m)) }
func (m starlarkModule) Attr(name string) (starlark.Value, error) { return m[name], nil }

func remember(all map[string]call, key string) func(call) (starlark.Value, error) {
	return func(c call) (starlark.Value, error) {
		name := string(c[key].(starlark.String))
		if all[name] != nil {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		all[name] = c
		return starlark.None, nil
	}
}

// shown is a value that tests read as a text.
func shown(name string, parameters ...string) func(call) (starlark.Value, error) {
	return func(c call) (starlark.Value, error) {
		text := name
		for _, p := range parameters {
			text += " " + strings.Trim(c[p].String(), `"`)
		}
		return starlark.String(text), nil
	}
}

func kustomize(c call) (starlark.Value, error) {
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "../../"+string(c["path"].(starlark.String)))
	if err != nil {
		return nil, err
	}
	text, err := all.AsYaml()
	return starlark.String(text), err
}

func decodeStream(c call) (starlark.Value, error) {
	var objects []starlark.Value
	for document := range strings.SplitSeq(string(c["yaml"].(starlark.String)), "\n---\n") {
		var object any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			return nil, err
		}
		objects = append(objects, toStarlark(object))
	}
	return starlark.NewList(objects), nil
}

// apply decodes what would be sent, as strictly as what kustomize renders.
func (w *tilt) apply(t *testing.T) func(call) (starlark.Value, error) {
	return func(c call) (starlark.Value, error) {
		for object := range c["yaml"].(*starlark.List).Elements() {
			text, err := yaml.Marshal(fromStarlark(object))
			if err != nil {
				return nil, err
			}
			w.site.add(t, text)
		}
		return starlark.None, nil
	}
}
