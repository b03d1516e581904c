package runner_test

import (
	"runtime/debug"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
)

func TestVersionIsTheMostTellingThatTheBuildLeft(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	dirty := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	module := debug.BuildInfo{Main: debug.Module{Version: "v1.1.0"}, Settings: []debug.BuildSetting{commit}}
	devel := func(settings ...debug.BuildSetting) debug.BuildInfo {
		return debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: settings}
	}
	for _, test := range []struct {
		release string
		info    debug.BuildInfo
		want    string
	}{
		{"v1.2.3", module, "v1.2.3"},
		{"", module, "v1.1.0"},
		{"", devel(commit), "0123456789ab"},
		{"", devel(commit, dirty), "0123456789ab-dirty"},
		{"", devel(dirty), "devel"},
		{"", debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}}, "abc"},
		{"", debug.BuildInfo{}, "devel"},
	} {
		if got := runner.VersionOf(test.release, &test.info); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if runner.Version() == "" {
		t.Error("a test binary has a version too")
	}
}
