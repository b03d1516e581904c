package discord

import (
	"encoding/json"
	"regexp"
)

// command is one application command of the guild.
type command struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Type        int             `json:"type"`
	Options     []commandOption `json:"options"`
	Raw         json.RawMessage `json:"raw"`
	Version     string          `json:"version"`
}

type commandOption struct {
	Name     string `json:"name"`
	Type     int    `json:"type"`
	Required bool   `json:"required"`
}

var (
	commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)
	upperCase   = regexp.MustCompile(`\p{Lu}`)
)

// commandApp checks the path of a command call.
func (c *call) commandApp() *apiError {
	if c.r.PathValue("application") != c.w.App.ID {
		return errUnknownApp
	}
	if c.r.PathValue("guild") != c.w.Guild.ID || c.w.Guild.Left {
		return errMissingAccess
	}
	return nil
}

func (c *call) getCommands() (any, *apiError) {
	if err := c.commandApp(); err != nil {
		return nil, err
	}
	return c.wireCommands(), nil
}

func (c *call) wireCommands() []json.RawMessage {
	out := []json.RawMessage{}
	for _, cmd := range c.w.Commands {
		fields := map[string]json.RawMessage{}
		_ = json.Unmarshal(cmd.Raw, &fields) // it was an object when it came
		fields["id"], fields["application_id"], fields["guild_id"] = raw(cmd.ID), raw(c.w.App.ID), raw(c.w.Guild.ID)
		fields["version"], fields["type"] = raw(cmd.Version), raw(cmd.Type)
		if _, ok := fields["default_member_permissions"]; !ok {
			fields["default_member_permissions"] = raw(nil)
		}
		out = append(out, raw(fields))
	}
	return out
}

// putCommands replaces all commands; it may be called with the same list as often as one likes.
func (c *call) putCommands() (any, *apiError) {
	if err := c.commandApp(); err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if data, ok := c.form.given(""); !ok || json.Unmarshal(data, &list) != nil {
		c.form.fail("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return nil, c.form.err()
	}
	if len(list) > 100 {
		return nil, refuse(400, 30032, "Maximum number of application commands reached (100)")
	}
	var commands []*command
	seen := map[string]bool{}
	for i, item := range list {
		cmd := c.readCommand(item, itoa(i), seen)
		for _, old := range c.w.Commands {
			if old.Name == cmd.Name && old.Type == cmd.Type {
				cmd.ID = old.ID
			}
		}
		commands = append(commands, cmd)
	}
	if err := c.form.err(); err != nil {
		return nil, err
	}
	c.w.Commands = commands
	return c.wireCommands(), nil
}

func (c *call) readCommand(item json.RawMessage, at string, seen map[string]bool) *command {
	cmd := &command{ID: c.w.newID(c.now), Version: c.w.newID(c.now), Type: 1, Raw: item}
	var fields map[string]json.RawMessage
	if json.Unmarshal(item, &fields) != nil {
		c.form.shared.fail([]string{at}, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return cmd
	}
	f := c.form.nested(fields, at)
	cmd.Name, _ = f.name("name", 32, true)
	if kind, given := f.integer("type"); given {
		f.choice("type", kind, 1, 2, 3)
		cmd.Type = int(kind)
	}
	if cmd.Type == 1 {
		cmd.Description, _ = f.name("description", 100, true)
		if !commandName.MatchString(cmd.Name) || upperCase.MatchString(cmd.Name) {
			f.fail("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
	}
	key := itoa(cmd.Type) + cmd.Name
	if seen[key] {
		f.fail("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
	}
	seen[key] = true
	cmd.Options = readCommandOptions(f)
	f.ignore("id", "application_id", "guild_id", "version", "default_member_permissions", "dm_permission", "contexts", "default_permission",
		"integration_types", "nsfw", "name_localizations", "description_localizations", "handler")
	return cmd
}

func readCommandOptions(f *form) (out []commandOption) {
	options, _ := f.objects("options", 25)
	for _, o := range options {
		option := commandOption{}
		option.Name, _ = o.name("name", 32, true)
		o.name("description", 100, true)
		kind, _ := o.integer("type")
		o.choice("type", kind, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
		option.Type = int(kind)
		option.Required, _ = o.flag("required")
		o.ignore("choices", "options", "min_value", "max_value", "min_length", "max_length", "channel_types", "autocomplete",
			"name_localizations", "description_localizations")
		out = append(out, option)
	}
	return out
}

func (w *world) command(name string) *command {
	for _, cmd := range w.Commands {
		if cmd.Name == name && cmd.Type == 1 {
			return cmd
		}
	}
	return nil
}
