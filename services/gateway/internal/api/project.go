package api

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/setting"
)

type project struct {
	ID           id.Project `json:"id"`
	Name         id.Project `json:"name"`
	Domain       string     `json:"domain"`
	SessionCount int64      `json:"sessionCount"`
	setting.Values
}

// oneProject is where a project is looked at and changed.
const oneProject = "/api/v1/projects/{id}"

func (a *Routes) describe(ctx context.Context) (project, *intake.Refusal) {
	now := time.Now()
	counted, err := a.count(ctx, now.Add(-time.Second), now)
	p := a.in().Project
	return project{p, p, a.Domain, counted.GetSessions(), a.Settings.Now()}, a.away(err)
}

func (a *Routes) projects(ctx context.Context, _ *http.Request) (any, *intake.Refusal) {
	seen := []*Routes{a}
	if len(a.All) > 0 && access.HolderOf(ctx).Key.Project == "" {
		seen = a.All
	}
	all := make([]project, 0, len(seen))
	for _, of := range seen {
		p, refusal := of.describe(ctx)
		if refusal != nil {
			return nil, refusal
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b project) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return struct {
		Projects []project `json:"projects"`
	}{all}, nil
}

func (a *Routes) project(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	return a.shown(ctx, r.PathValue("id"))
}

func (a *Routes) shown(ctx context.Context, named string) (any, *intake.Refusal) {
	if named != string(a.in().Project) {
		return nil, unknownProject()
	}
	p, refusal := a.describe(ctx)
	if refusal != nil {
		return nil, refusal
	}
	return struct {
		Project project `json:"project"`
	}{p}, nil
}

// change puts settings of a project on and off. PocketPing has more of them: what is asked for and cannot be had is refused, not taken
// in silence.
func (a *Routes) change(ctx context.Context, named string, body []byte) (any, *intake.Refusal) {
	if named != string(a.in().Project) {
		return nil, unknownProject()
	}
	var fields map[string]json.RawMessage
	if refusal := intake.Parse(body, &fields); refusal != nil {
		return nil, refusal
	}
	var wanted setting.Change
	known := map[string]**bool{
		"botHeuristicsEnabled": &wanted.BotHeuristics, "uaFilterEnabled": &wanted.UAFilter, "ipFilterEnabled": &wanted.IPFilter,
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		to := known[name]
		switch {
		case to == nil:
			return nil, intake.Invalid("unknown_setting", "only botHeuristicsEnabled, uaFilterEnabled and ipFilterEnabled can be changed here; what else there is stands in the configuration")
		case json.Unmarshal(fields[name], to) != nil || *to == nil:
			return nil, intake.Invalid("invalid_setting", name+" must be true or false")
		}
	}
	if lacks := a.Shuts(wanted.Of(a.Settings.Now())); lacks != "" {
		return nil, &intake.Refusal{Status: http.StatusConflict, Code: "nobody_allowed", Text: "this would keep every visitor out: " + lacks + " is empty"}
	}
	if _, err := a.Settings.Change(ctx, wanted); err != nil {
		a.in().Log.Warn("settings cannot be changed", zap.Error(err))
		return nil, intake.Unavailable("this cannot be changed now; try again")
	}
	return a.shown(ctx, named)
}
