package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

type project struct {
	ID           id.Project `json:"id"`
	Name         id.Project `json:"name"`
	Domain       string     `json:"domain"`
	SessionCount int64      `json:"sessionCount"`
}

func (a *Routes) describe(ctx context.Context) (project, *intake.Refusal) {
	now := time.Now()
	counted, err := a.count(ctx, now.Add(-time.Second), now)
	p := a.in().Project
	return project{p, p, a.Domain, counted.GetSessions()}, a.away(err)
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
	if r.PathValue("id") != string(a.in().Project) {
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
