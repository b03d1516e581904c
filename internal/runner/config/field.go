package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxSecretFile bounds X_FILE, so that a wrong path (a device, a disk image) can't fill the memory. A PEM key has a few KiB.
const maxSecretFile = 64 << 10

// maxShown is how much of a wrong value an error repeats, in runes.
const maxShown = 80

// field is what the tags of one struct field say.
type field struct {
	name     string
	fallback string
	expected string // from the tag expect, for what the type alone can't say
	where    string
	oneOf    []string
	secret   bool
	required bool
	isURL    bool
}

func newField(info reflect.StructField) field {
	f := field{
		name:     info.Tag.Get("env"),
		fallback: info.Tag.Get("default"),
		expected: info.Tag.Get("expect"),
		where:    info.Tag.Get("where"),
		secret:   info.Tag.Get("secret") == "true",
		required: info.Tag.Get("required") == "true",
		isURL:    info.Type == urlType,
	}
	if allowed := info.Tag.Get("oneof"); allowed != "" {
		f.oneOf = strings.Split(allowed, ",")
	}
	if f.expected == "" {
		f.expected = expectation(info.Type)
		if f.oneOf != nil {
			f.expected = "one of " + strings.Join(f.oneOf, ", ")
		}
	}
	return f
}

// parse puts raw into v; what it expected is the text for the error when that fails.
func (f field) parse(v reflect.Value, raw string) (expected string, ok bool) {
	if f.oneOf != nil && !slices.Contains(f.oneOf, raw) {
		return f.expected, false
	}
	return f.expected, setValue(v, raw)
}

// read returns the raw value and the name of the variable that it came from: f.name or its file form.
func (f field) read(lookup Lookup) (raw, name string, problem error) {
	raw, _ = lookup(f.name)
	if !f.secret {
		return raw, f.name, nil
	}
	fileName := f.name + "_FILE"
	path, _ := lookup(fileName)
	switch {
	case path == "":
		return raw, f.name, nil
	case raw != "":
		return "", fileName, f.problem(fileName, f.name+" and "+fileName, "only one of the two")
	}
	text, err := readSecret(path)
	if err != nil {
		return "", fileName, f.problem(fileName, quote(path)+": "+cause(err), "a file that holds "+f.expected)
	}
	return text, fileName, nil
}

func (f field) problem(variable, found, expected string) *Error {
	return &Error{Variable: variable, Found: found, Expected: expected, Where: f.where}
}

// show is what an error may repeat of a wrong value.
func (f field) show(raw string) string {
	// A URL that doesn't parse may hold a password wherever it likes.
	if f.secret || f.isURL && strings.Contains(raw, "@") {
		return hidden
	}
	return quote(raw)
}

// quote keeps control characters away from the terminal and a pasted novel out of the log.
func quote(raw string) string {
	if runes := []rune(raw); len(runes) > maxShown {
		return strconv.Quote(string(runes[:maxShown])) + "…"
	}
	return strconv.Quote(raw)
}

var (
	errSecretTooLong = errors.New("longer than 64 KiB")
	errSecretEmpty   = errors.New("the file is empty")
)

func readSecret(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecretFile {
		return "", errSecretTooLong
	}
	text, found := strings.CutSuffix(string(data), "\n")
	if found {
		text = strings.TrimSuffix(text, "\r")
	}
	if text == "" {
		return "", errSecretEmpty
	}
	return text, nil
}

// cause is err without the path, which the caller has already named.
func cause(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}
