package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

var (
	// ErrUnknown says that a directory has no user of a name.
	ErrUnknown = errors.New("no such user")
	// ErrAccount says that an account cannot have a name.
	ErrAccount = errors.New("not an account")
)

// Global is the account that a NATS server has by itself. Streams are an account's: where Bellhop has run without rights, its streams
// are this one's.
const Global = "$G"

const (
	bookFile = "users.json"
	// ServerFile is what the servers' configuration includes.
	ServerFile = "nats-auth.conf"
	seedEnd    = ".nk"
)

// Directory is one installation's users. What is changed is on disk after Write.
type Directory struct {
	path string
	book book
}

// book is what is known of the users.
type book struct {
	Account     string              `json:"account"`
	Projects    []id.Project        `json:"projects"`
	Integrators []bus.Integrator    `json:"integrators"`
	Keys        map[string][]string `json:"keys"` // public ones of each user, the newest first
}

// Open reads a directory; one that is not there has nobody yet.
func Open(path string) (*Directory, error) {
	d := &Directory{path: path, book: book{Account: "BELLHOP", Projects: []id.Project{id.Default}, Keys: map[string][]string{}}}
	text, err := os.ReadFile(d.file(bookFile))
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &d.book)
	}
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	if d.book.Keys == nil {
		d.book.Keys = map[string][]string{}
	}
	return d, nil
}

func (d *Directory) file(name string) string { return filepath.Join(d.path, name) }

// SeedFile is where a user's seed is.
func (d *Directory) SeedFile(user string) string { return d.file(user + seedEnd) }

// Users are all there are: Bellhop's own, then the integrators.
func (d *Directory) Users() []string {
	users := bus.Users()
	for _, i := range d.book.Integrators {
		users = append(users, i.Name)
	}
	return users
}

// In says in which account the streams are.
func (d *Directory) In(account string) error {
	if account == "" || account != Global && strings.Trim(account, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return fmt.Errorf("%w: %q is neither %s nor capitals, digits and underscores", ErrAccount, account, Global)
	}
	d.book.Account = account
	return nil
}

// For says which projects there are, so that other users can be kept away from their consumers.
func (d *Directory) For(projects ...id.Project) { d.book.Projects = projects }

// Integrator is an integrator as it was admitted.
func (d *Directory) Integrator(name string) (bus.Integrator, error) {
	at := slices.IndexFunc(d.book.Integrators, func(i bus.Integrator) bool { return i.Name == name })
	if at < 0 {
		return bus.Integrator{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	return d.book.Integrators[at], nil
}

// Admit adds an integrator, or gives one that there is other rights; its key stays.
func (d *Directory) Admit(i bus.Integrator) error {
	if err := i.Validate(); err != nil {
		return err
	}
	d.remove(i.Name)
	d.book.Integrators = append(d.book.Integrators, i)
	slices.SortFunc(d.book.Integrators, func(a, b bus.Integrator) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (d *Directory) remove(name string) {
	d.book.Integrators = slices.DeleteFunc(d.book.Integrators, func(i bus.Integrator) bool { return i.Name == name })
}

// Revoke forgets an integrator and its keys: with the servers' next look at their configuration it is nobody. ErrUnknown.
func (d *Directory) Revoke(name string) error {
	if _, err := d.Integrator(name); err != nil {
		return err
	}
	for _, file := range []string{d.SeedFile(name), d.previous(name)} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("revoke %s: %w", name, err)
		}
	}
	d.remove(name)
	delete(d.book.Keys, name)
	return nil
}

// Write makes the keys that are missing, and tells the servers.
func (d *Directory) Write() error {
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return fmt.Errorf("make directory of users: %w", err)
	}
	for _, user := range d.Users() {
		if err := d.ensureKey(user); err != nil {
			return fmt.Errorf("make key of %s: %w", user, err)
		}
	}
	text, err := json.MarshalIndent(d.book, "", "  ")
	if err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	conf, err := d.ServerConfig()
	if err != nil {
		return err
	}
	return errors.Join(replace(d.file(bookFile), append(text, '\n'), 0o644), replace(d.file(ServerFile), []byte(conf), 0o644))
}

// replace writes a file in one step: a server may read it at any moment.
func replace(file string, text []byte, mode fs.FileMode) error {
	temporary := file + ".new"
	if err := os.WriteFile(temporary, text, mode); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.Rename(temporary, file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
