package auth

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// ServerConfig is what the configuration of NATS servers includes, at its top level. It holds public keys only.
func (d *Directory) ServerConfig() (string, error) {
	var b strings.Builder
	b.WriteString("# Who may do what on the bus. Written by `bellhop nats-auth`: change it there.\n")
	open, end := "accounts {\n  "+d.book.Account+" {\n    jetstream: enabled\n    users: [\n", "    ]\n  }\n}\n"
	if d.book.Account == Global {
		open, end = "authorization {\n    users: [\n", "    ]\n}\n"
	}
	b.WriteString(open)
	for _, user := range d.Users() {
		may, err := d.rights(user)
		if err != nil {
			return "", err
		}
		for _, key := range d.book.Keys[user] {
			writeUser(&b, user, key, may)
		}
	}
	b.WriteString(end)
	return b.String(), nil
}

func (d *Directory) rights(user string) (bus.Rights, error) {
	if slices.Contains(bus.Users(), user) {
		return bus.RightsOf(user, bus.Guests{Projects: d.book.Projects, Integrators: d.book.Integrators})
	}
	i, err := d.Integrator(user)
	return i.Rights(), err
}

func writeUser(b *strings.Builder, user, key string, may bus.Rights) {
	fmt.Fprintf(b, "      { # %s\n        nkey: %s\n        permissions: {\n          publish: {\n", user, key)
	if len(may.Publish) == 0 { // an empty list would allow everything
		may.Deny = []string{">"}
	}
	writeSubjects(b, "allow", may.Publish)
	writeSubjects(b, "deny", may.Deny)
	b.WriteString("          }\n          subscribe: {\n")
	writeSubjects(b, "allow", may.Subscribe)
	b.WriteString("          }\n        }\n      }\n")
}

func writeSubjects(b *strings.Builder, name string, subjects []string) {
	if len(subjects) == 0 {
		return
	}
	fmt.Fprintf(b, "            %s: [\n", name)
	for _, subject := range subjects {
		b.WriteString("              " + strconv.Quote(subject) + "\n") // in quotes a $ is only a $
	}
	b.WriteString("            ]\n")
}
