package transfer

import (
	"sync/atomic"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// linkTTL is how long an address that a page is shown is good, and at most a quarter more. A page that is open longer is shown
// new ones when its socket connects again or it is loaded anew.
const linkTTL = 24 * time.Hour

// Links writes the addresses of one project's files.
type Links struct {
	store   *file.Store
	project id.Project
	base    *atomic.Pointer[string]
}

// NewLinks makes links of a store, to files of the default project. Until Serve is called there is nobody to show one to.
func NewLinks(store *file.Store) *Links {
	return &Links{store: store, project: id.Default, base: new(atomic.Pointer[string])}
}

// For are the links of a project, at the same gateway. A nil *Links, of a gateway without files, stays nil.
func (l *Links) For(p id.Project) *Links {
	if l == nil || l.project == p {
		return l
	}
	return &Links{store: l.store, project: p, base: l.base}
}

// Serve says where this gateway is reached: a URL without a slash at its end.
func (l *Links) Serve(base string) { l.base.Store(&base) }

// Base is where the addresses of the project's files begin.
func (l *Links) Base() string {
	if base := l.base.Load(); base != nil {
		return file.Base(*base, l.project)
	}
	return ""
}

// Show writes addresses into attachments that are about to be shown. They must not be shared with anybody.
func (l *Links) Show(files ...*bellhopv1.Attachment) {
	for _, a := range files {
		a.Url, a.ThumbnailUrl = l.store.Link(l.Base(), a, linkTTL), ""
	}
}

// ShowRecords writes addresses into the attachments of a page of history.
func (l *Links) ShowRecords(page []*sessionsv1.MessageRecord) {
	for _, record := range page {
		l.Show(record.GetMessage().GetAttachments()...)
	}
}
