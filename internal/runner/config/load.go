package config

import (
	"fmt"
	"os"
	"reflect"
)

// Lookup finds a variable, as os.LookupEnv does.
type Lookup func(name string) (value string, found bool)

// Load fills the struct that dst points to from the variables named in its tags, structs inside it too:
//
//	Token string        `env:"TELEGRAM_BOT_TOKEN" secret:"true" required:"true" expect:"a bot token" where:"@BotFather in Telegram"`
//	Keep  time.Duration `env:"RETENTION" default:"90d"`
//	Mode  string        `env:"DURABILITY" default:"safe" oneof:"safe,relaxed"`
//
// Field types: string, bool (true, false, 1, 0), int, int64, float64, time.Duration (with d for 24 hours), []string and
// []netip.Prefix (comma lists; a bare address is a prefix of its own), *url.URL (absolute), and types made of these kinds.
// An empty variable counts as unset. What is unset keeps the value that the field already has, else takes the default.
//
// A secret X is also read from the file that X_FILE names, up to 64 KiB, without one newline at its end; both at once is an error.
//
// A struct may be had once for each project, when the variable BELLHOP_CONFIG names a file of several:
//
//	Project  id.Project `projects:"name"`
//	Projects []Config   `projects:"each"` // of the struct's own type
//
// Each element begins as a copy of the struct as it was, and is loaded by the same tags: what the file says of its project, else
// what the environment says of all. The struct itself is then loaded without what is a project's own. Without a file Projects stays
// empty. ValidateProjects() error, if the struct has it, is asked what the projects may not share. An unknown key of the file is an error, as is a variable of the environment that is no project's because of it.
//
// Each struct, innermost first, that has Validate() error is asked, if all of its variables could be read. What is wrong comes
// back as Errors, all of it together. Any other error means that the struct itself can't be loaded: a mistake in the
// program, not in its configuration. A nil lookup is os.LookupEnv.
func Load(dst any, lookup Lookup) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("load configuration: want a pointer to a struct, got %T", dst)
	}
	if lookup == nil {
		lookup = os.LookupEnv
	}
	l := &loader{lookup: lookup, shown: map[*Error]string{}}
	l.structure(v.Elem())
	if l.misuse != nil {
		return fmt.Errorf("load configuration: %w", l.misuse)
	}
	if len(l.problems) == 0 {
		return nil
	}
	for problem, raw := range l.shown {
		// A secret that was pasted into the wrong variable is one still.
		if l.secrets.hide(raw) != raw {
			problem.Found = hidden
		}
	}
	return l.problems
}

type loader struct {
	lookup   Lookup
	problems Errors
	secrets  secrets
	shown    map[*Error]string // the raw values that problems repeat, which may turn out to be secrets
	misuse   error             // the first field that no environment could satisfy

	file     *projects
	fileRead bool
	of       *project // whose settings are being loaded; nil for the installation's
}

// add notes a problem.
func (l *loader) add(problem error) {
	if l.of != nil {
		problem = l.of.about(problem)
	}
	l.problems = l.problems.add(problem)
}

func (l *loader) one(v reflect.Value) {
	before := len(l.problems)
	for i := range v.NumField() {
		info := v.Type().Field(i)
		if _, tagged := info.Tag.Lookup("env"); tagged {
			l.field(v.Field(i), info)
		} else if info.Type.Kind() == reflect.Struct && (info.IsExported() || info.Anonymous) {
			l.structure(v.Field(i))
		}
	}
	if len(l.problems) == before && l.misuse == nil {
		l.validate(v)
	}
}

func (l *loader) field(v reflect.Value, info reflect.StructField) {
	if !v.CanSet() || !supported(info.Type) {
		if l.misuse == nil {
			l.misuse = fmt.Errorf("field %s: a variable can't be read into %s", info.Name, info.Type)
		}
		return
	}
	f := newField(info)
	if err := l.fill(f, v); err != nil {
		l.add(err)
	}
}

// fill decides where the value comes from. The result is an error interface so that a nil *Error can't hide in it.
func (l *loader) fill(f field, v reflect.Value) error {
	raw, name, problem := f.read(l.lookup)
	if problem != nil {
		return problem
	}
	if f.secret {
		// What the field held before counts too: it may have come from a file of the program's own.
		defer func() { l.secrets.add(v) }()
		l.secrets.addText(raw)
	}
	if raw == "" {
		if !v.IsZero() {
			return nil
		}
		if raw = f.fallback; raw == "" {
			if f.required {
				return f.problem(name, nothing, f.expected)
			}
			return nil
		}
	}
	if expected, ok := f.parse(v, raw); !ok {
		problem := f.problem(name, f.show(raw), expected)
		l.shown[problem] = raw
		return problem
	}
	return nil
}

func (l *loader) validate(v reflect.Value) {
	if part, ok := addressed(v).(interface{ Validate() error }); ok {
		l.report(part.Validate())
	}
}

// addressed is a pointer to a struct, as methods want it; nil where there is none to be had.
func addressed(v reflect.Value) any {
	if !v.CanAddr() || !v.Addr().CanInterface() {
		return nil
	}
	return v.Addr().Interface()
}

// report notes what a validation says, without the secrets that it may repeat.
func (l *loader) report(err error) {
	if err == nil {
		return
	}
	for _, problem := range (Errors{}).add(err) {
		l.add(l.secrets.redact(problem))
	}
}
