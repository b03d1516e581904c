package server

import (
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// maxPage is the most records of one answer.
const maxPage = 100

func projectOf(req interface{ GetProject() string }) (id.Project, error) {
	project, err := id.ParseProject(req.GetProject())
	if err != nil {
		return "", invalid("project", "%w", err)
	}
	return project, nil
}

func keyOf(req interface {
	GetProject() string
	GetSessionId() string
}) (store.Key, error) {
	project, err := projectOf(req)
	if err != nil {
		return store.Key{}, err
	}
	session, err := id.ParseSession(req.GetSessionId())
	if err != nil {
		return store.Key{}, invalid("session_id", "%w", err)
	}
	return store.Key{Project: project, Session: session}, nil
}

// limitOf is a page's size: 1 to 100, or the given size for 0.
func limitOf(req interface{ GetLimit() int32 }, otherwise int) (int, error) {
	limit := int(req.GetLimit())
	if limit < 0 || limit > maxPage {
		return 0, invalid("limit", "%d is not 0 to %d", limit, maxPage)
	}
	if limit == 0 {
		return otherwise, nil
	}
	return limit, nil
}

// present checks fields that must not be empty, given as name and value in turn.
func present(fields ...string) error {
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			return invalid(fields[i], "is empty")
		}
	}
	return nil
}
