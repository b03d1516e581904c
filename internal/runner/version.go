package runner

import (
	"cmp"
	"runtime/debug"
)

// version is set by the linker: -ldflags "-X github.com/bellhop-chat/bellhop/internal/runner.version=v1.2.3".
var version string

// Version is what this binary was built from: the release, else the module's version, else the commit (12 digits, and
// "-dirty" when the tree had changes), else "devel".
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(version, info)
}

func versionOf(release string, info *debug.BuildInfo) string {
	if release != "" {
		return release
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	var revision, dirty string
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value[:min(12, len(setting.Value))]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			dirty = "-dirty"
		}
	}
	if revision == "" {
		dirty = ""
	}
	return cmp.Or(revision+dirty, "devel")
}
