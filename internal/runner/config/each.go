package config

import "reflect"

// structure loads a struct, and those of the projects where it is had once for each.
func (l *loader) structure(v reflect.Value) {
	each, perProject := fieldTagged(v, "each")
	if !perProject || l.of != nil || !l.several() {
		l.one(v)
		return
	}
	before := reflect.New(v.Type()).Elem()
	before.Set(v)
	environment := l.lookup
	l.lookup = l.file.installation
	l.one(v)
	all := reflect.MakeSlice(each.Type(), 0, len(l.file.all))
	for _, name := range l.file.names() {
		l.of = l.file.all[name]
		l.lookup = l.file.lookup(l.of)
		element := reflect.New(v.Type()).Elem()
		element.Set(before)
		if field, ok := fieldTagged(element, "name"); ok {
			field.SetString(name)
		}
		l.one(element)
		all = reflect.Append(all, element)
	}
	each.Set(all)
	l.lookup, l.of = environment, nil
	if together, ok := addressed(v).(interface{ ValidateProjects() error }); ok && len(l.problems) == 0 && l.misuse == nil {
		l.report(together.ValidateProjects())
	}
}

// several tells whether a file names the projects. It is read once.
func (l *loader) several() bool {
	if !l.fileRead {
		var problems Errors
		l.file, problems = readProjects(l.lookup)
		for _, problem := range problems {
			l.problems = l.problems.add(problem)
		}
		l.fileRead = true
	}
	return l.file != nil
}

// fieldTagged finds the field of a struct that has a projects tag.
func fieldTagged(v reflect.Value, tag string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("projects") == tag {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}
