package redis

import (
	"embed"

	goredis "github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var sources embed.FS

var (
	renewScript    = script("renew")
	lapsedScript   = script("lapsed")
	lookScript     = script("look")
	occupiedScript = script("occupied")
	reportScript   = script("app", "hook", "channel", "report")
	sweepScript    = script("app", "hook", "channel", "sweep")
	takeBackScript = script("app", "hook", "channel", "takeback")
	newsScript     = script("app", "hook", "news")
	toldScript     = script("told")
)

// script joins files that are part of the program.
func script(names ...string) *goredis.Script {
	var source []byte
	for _, name := range names {
		part, err := sources.ReadFile("lua/" + name + ".lua")
		if err != nil {
			panic(err)
		}
		source = append(source, part...)
	}
	return goredis.NewScript(string(source))
}
