package main

import (
	"os"

	"github.com/spf13/cobra"
)

// variables says which environment variable each flag stands for. A flag that is given wins.
var variables = map[string]string{
	"addr":       "HTTP_ADDR",
	"data":       "DATA_DIR",
	"nats-addr":  "NATS_ADDR",
	"admin-addr": "ADMIN_ADDR",
	"nats-url":   "NATS_URL",
	"url":        "BELLHOP_URL",
}

// given tells whether a secret has a value, by itself or in a file.
func given(lookup func(string) (string, bool), secret string) bool {
	value, _ := lookup(secret)
	file, _ := lookup(secret + "_FILE")
	return value != "" || file != ""
}

// environment is the process's environment with the command's flags laid over it.
func environment(cmd *cobra.Command) func(string) (string, bool) {
	given := map[string]string{}
	for flag, variable := range variables {
		if f := cmd.Flags().Lookup(flag); f != nil && f.Changed {
			given[variable] = f.Value.String()
		}
	}
	return func(variable string) (string, bool) {
		if value, ok := given[variable]; ok {
			return value, true
		}
		return os.LookupEnv(variable)
	}
}
