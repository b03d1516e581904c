package auth_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// site is a server with Bellhop's users and three integrators.
type site struct {
	*testing.T
	dir    string
	users  *auth.Directory
	server *bustest.Guarded
	conns  map[string]*nats.Conn
}

// The integrators: one sees all of two projects and may command them, one keeps its place in one kind of event, one only listens.
var (
	both     = bus.Integrator{Name: "both", Projects: []id.Project{"shop", "help"}, Durable: true, Commands: true, Apps: []string{"the app"}}
	orders   = bus.Integrator{Name: "orders", Projects: []id.Project{"shop"}, Types: []bus.Type{bus.MessageCreated}, Durable: true}
	listener = bus.Integrator{Name: "listener", Projects: []id.Project{"shop"}, Types: []bus.Type{bus.MessageCreated, bus.EventReceived}}
)

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, dir: t.TempDir(), conns: map[string]*nats.Conn{}}
	var err error
	if s.users, err = auth.Open(s.dir); err != nil {
		t.Fatal(err)
	}
	s.users.For("shop", "help")
	for _, i := range []bus.Integrator{both, orders, listener} {
		s.must(s.users.Admit(i))
	}
	s.must(s.users.Write())
	s.server = bustest.NewGuarded(t, filepath.Join(s.dir, auth.ServerFile))
	bustest.Connect(t, bus.Config{URL: s.server.URL, User: bus.Sessions, Credentials: s.users.SeedFile(bus.Sessions)}) // makes the streams
	return s
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// as is a connection of a user's.
func (s *site) as(user string) *nats.Conn {
	s.Helper()
	if s.conns[user] == nil {
		who, err := nats.NkeyOptionFromSeed(s.users.SeedFile(user))
		s.must(err)
		s.conns[user] = s.server.Client(s, who, nats.CustomInboxPrefix(bus.Inbox(user)), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	}
	return s.conns[user]
}

// may tells whether the server lets a user publish to a subject, or subscribe to it.
func (s *site) may(user, what, subject string) bool {
	s.Helper()
	nc := s.as(user)
	if what == "subscribe" {
		sub, err := nc.SubscribeSync(subject)
		s.must(err)
		defer func() { _ = sub.Unsubscribe() }()
	} else {
		s.must(nc.PublishRequest(subject, bus.Inbox(user)+".nobody", nil))
	}
	s.must(nc.FlushTimeout(10 * time.Second)) // a refusal comes before the answer
	return nc.LastError() == nil || !strings.Contains(nc.LastError().Error(), fmt.Sprintf("%q", subject))
}

// publishers says who may publish each type of event: what enters by one door comes in by no other.
var publishers = map[bus.Type][]string{
	bus.SessionStarted: {bus.Gateway}, bus.SessionUpdated: {bus.Gateway}, bus.SessionLeft: {bus.Gateway},
	bus.SessionClosed: {bus.Gateway, bus.Inbound}, bus.SessionReopened: {bus.Gateway, bus.Inbound}, bus.SessionBlocked: {bus.Inbound},
	bus.MessageCreated: {bus.Gateway, bus.Inbound}, bus.MessageEdited: {bus.Gateway, bus.Inbound}, bus.MessageDeleted: {bus.Gateway, bus.Inbound},
	bus.MessageDeliver: {bus.Notifier}, bus.MessageFailed: {bus.Notifier}, bus.MessageRead: {bus.Gateway, bus.Inbound},
	bus.ThreadOpened: {bus.Notifier}, bus.EventReceived: {bus.Gateway}, bus.EventEmitted: {bus.Gateway},
	bus.OperatorStatus: {bus.Gateway, bus.Inbound}, bus.CsatRequested: {bus.Inbound}, bus.CsatSubmitted: {bus.Gateway},
	bus.AISwitched: {bus.Gateway, bus.Inbound}, bus.ScreenshotRequested: {bus.Inbound}, bus.AttachmentStored: {bus.Gateway, bus.Inbound},
	bus.DeliveryRequested: {bus.CommandLine}, bus.SessionErased: {bus.Gateway, bus.Sessions}, bus.ErasurePlanned: {bus.Sessions},
	bus.ErasureReported: {bus.Sessions, bus.Notifier},
}

func TestEachTypeOfEventIsPublishedByWhomItIsLetInOnly(t *testing.T) {
	s := newSite(t)
	for _, kind := range bus.Types() {
		if publishers[kind] == nil {
			t.Errorf("nobody is said to publish %s", kind)
		}
		for _, user := range s.users.Users() {
			want := slices.Contains(publishers[kind], user)
			if got := s.may(user, "publish", "bellhop.v1.03.shop.ses_1."+string(kind)); got != want {
				t.Errorf("%s may publish %s: %v", user, kind, got)
			}
			if s.may(user, "publish", "bellhop.live.v1.shop.ses_1."+string(kind)) {
				t.Errorf("%s may say that %s was stored", user, kind)
			}
		}
	}
}

func TestNobodyReadsAnothersReplies(t *testing.T) {
	s := newSite(t)
	for _, user := range s.users.Users() {
		for _, other := range s.users.Users() {
			if got := s.may(user, "subscribe", bus.Inbox(other)+".x"); got != (user == other) {
				t.Errorf("%s reads what %s is answered: %v", user, other, got)
			}
		}
		for _, wide := range []string{"_INBOX.>", "_INBOX.x", "*.x", ">", "$JS.ACK.>", "$JS.API.>"} {
			if s.may(user, "subscribe", wide) {
				t.Errorf("%s may subscribe to %s", user, wide)
			}
		}
	}
}

func TestStreamsAreChangedByWhoKeepsThemAndEmptiedByNobody(t *testing.T) {
	s := newSite(t)
	changes := map[string][]string{
		"$JS.API.STREAM.UPDATE.BELLHOP": {bus.Sessions}, "$JS.API.STREAM.MSG.DELETE.BELLHOP": {bus.Sessions},
		"$JS.API.STREAM.MSG.DELETE.BELLHOP_DLQ":       {bus.Sessions, bus.CommandLine},
		"$JS.API.STREAM.MSG.DELETE.OBJ_BELLHOP_FILES": {bus.Sessions, bus.Gateway, bus.Inbound},
		"$JS.API.CONSUMER.CREATE.BELLHOP.sessions-03": {bus.Sessions}, "$JS.API.CONSUMER.MSG.NEXT.BELLHOP.sessions-03": {bus.Sessions},
		"$JS.ACK.BELLHOP.sessions-03.1.1.1.1.1":                   {bus.Sessions},
		"$JS.API.CONSUMER.DELETE.BELLHOP.notifier-telegram_shop":  {bus.Notifier},
		"$JS.API.CONSUMER.MSG.NEXT.BELLHOP.notifier-discord_help": {bus.Notifier},
		"$JS.ACK.BELLHOP.notifier-slack.1.1.1.1.1":                {bus.Notifier},
		"$JS.API.CONSUMER.MSG.NEXT.BELLHOP.orders":                {orders.Name},
		"$JS.ACK.BELLHOP.orders.1.1.1.1.1":                        {orders.Name},
		"bellhop.dlq.v1.shop.sessions":                            {bus.Sessions},
		"bellhop.dlq.v1.shop.notifier-telegram_shop":              {bus.Notifier},
		"$KV.BELLHOP_NOTES.apikey.abc":                            {bus.CommandLine},
		"$KV.BELLHOP_NOTES.bridge.secret":                         {bus.Gateway},
		"$KV.BELLHOP_LEASES.x":                                    {bus.Sessions, bus.Notifier, bus.Inbound},
		"bellhop.hook.v1.shop.app.all":                            {bus.Gateway, bus.Sessions},
		"$JS.API.STREAM.UPDATE.BELLHOP_HOOKS":                     {bus.Sessions},
		"$JS.API.STREAM.MSG.GET.BELLHOP_HOOKS":                    {bus.Notifier, bus.Sessions},
		"$JS.API.STREAM.MSG.DELETE.BELLHOP_HOOKS":                 {bus.Sessions},
		"$KV.BELLHOP_NOTES.hooks.shop.app.x":                      {bus.Notifier},
		"bellhop.signal.v1.shop.ses_1.slack-thread":               {bus.Inbound},
		"bellhop.signal.v1.shop.ses_1.typing":                     {bus.Gateway, bus.Inbound},
		"bellhop.roster.v1.shop.presence-room":                    {bus.Sessions},
		"bellhop.channel.v1.the=20app.presence-room":              {bus.Gateway, both.Name},
		"bellhop.channel.v1.another.presence-room":                {bus.Gateway},
		"bellhop.cache.v1.the=20app.cache-price":                  {bus.Gateway, both.Name},
		"bellhop.cache.v1.another.cache-price":                    {bus.Gateway},
		"$JS.API.STREAM.MSG.GET.BELLHOP_CACHE":                    {bus.Gateway},
		"bellhop.cmd.v1.shop.ses_1.message.send":                  {both.Name},
		"bellhop.cmd.v1.other.ses_1.message.send":                 nil,
		"_INBOX_both.x":     {bus.Gateway}, // answers to commands
		"_INBOX_sessions.x": nil,
		"_INBOX_orders.x":   nil,
	}
	for _, stream := range []string{"BELLHOP", "BELLHOP_DLQ", "KV_BELLHOP_NOTES", "KV_BELLHOP_LEASES", "OBJ_BELLHOP_FILES"} {
		for _, what := range []string{"STREAM.DELETE.", "STREAM.PURGE."} {
			changes["$JS.API."+what+stream] = nil
		}
		for _, what := range []string{"$JS.API.STREAM.SNAPSHOT.", "$JS.API.STREAM.RESTORE."} {
			changes[what+stream] = []string{bus.Backup}
		}
	}
	for _, what := range []string{"SNAPSHOT", "RESTORE"} {
		changes["$JS.API.STREAM."+what+".KV_BELLHOP_LEASES"] = nil // they are over before anything is restored
	}
	for subject, who := range changes {
		for _, user := range s.users.Users() {
			if got := s.may(user, "publish", subject); got != slices.Contains(who, user) {
				t.Errorf("%s may publish to %s: %v", user, subject, got)
			}
		}
	}
}

func TestIntegratorSeesItsProjectsAndTypesOnly(t *testing.T) {
	s := newSite(t)
	for subject, who := range map[string][]string{
		"bellhop.live.v1.shop.*.message.created":     {both.Name, orders.Name, listener.Name},
		"bellhop.live.v1.shop.ses_1.message.created": {both.Name, orders.Name, listener.Name},
		"bellhop.live.v1.shop.*.event.received":      {both.Name, listener.Name},
		"bellhop.channel.v1.the=20app.*":             {both.Name},
		"bellhop.channel.v1.*.*":                     nil,
		"bellhop.roster.v1.*.*":                      nil,
		"bellhop.live.v1.shop.*.*.*":                 {both.Name},
		"bellhop.live.v1.help.*.message.created":     {both.Name},
		"bellhop.live.v1.other.*.message.created":    nil,
		"bellhop.live.v1.*.*.message.created":        nil,
		"bellhop.live.v1.>":                          nil,
		"bellhop.live.v1.shop.>":                     {both.Name},
		"bellhop.v1.>":                               nil,
		"bellhop.signal.v1.shop.*.typing":            nil,
		"bellhop.cmd.v1.shop.*.message.send":         nil,
		"bellhop.dlq.v1.>":                           nil,
		"$KV.BELLHOP_NOTES.>":                        nil,
		"$O.BELLHOP_FILES.>":                         nil,
	} {
		for _, i := range []bus.Integrator{both, orders, listener} {
			if got := s.may(i.Name, "subscribe", subject); got != slices.Contains(who, i.Name) {
				t.Errorf("%s may subscribe to %s: %v", i.Name, subject, got)
			}
		}
	}
	for _, subject := range []string{
		"$JS.API.STREAM.INFO.BELLHOP", "$JS.API.STREAM.MSG.GET.BELLHOP", "$JS.API.STREAM.LIST", "$JS.API.CONSUMER.LIST.BELLHOP",
		"$JS.API.CONSUMER.CREATE.BELLHOP.orders", "$JS.API.CONSUMER.DURABLE.CREATE.BELLHOP.orders", "$JS.API.CONSUMER.CREATE.BELLHOP",
		"$JS.API.CONSUMER.CREATE.BELLHOP.orders.bellhop.v1.>", "$JS.API.CONSUMER.CREATE.BELLHOP.orders.bellhop.v1.*.*.*.message.created",
		"$JS.API.CONSUMER.CREATE.BELLHOP.orders.bellhop.v1.*.shop.*.*.*", "$JS.API.CONSUMER.CREATE.BELLHOP.orders.bellhop.v1.*.help.*.message.created",
		"$JS.API.CONSUMER.CREATE.BELLHOP.both.bellhop.v1.*.shop.*.message.created", "$JS.API.STREAM.MSG.GET.KV_BELLHOP_NOTES",
	} {
		if s.may(orders.Name, "publish", subject) {
			t.Errorf("orders may ask for %s", subject)
		}
	}
}

// The filter in the subject is the one that counts, whatever the request says.
func TestConsumerWithAWiderFilterThanItsSubjectIsRefused(t *testing.T) {
	s := newSite(t)
	nc := s.as(orders.Name)
	const subject = "$JS.API.CONSUMER.CREATE.BELLHOP.orders.bellhop.v1.*.shop.*.message.created"
	ask := func(filters string) string {
		t.Helper()
		body := `{"stream_name":"BELLHOP","config":{"durable_name":"orders","ack_policy":"explicit",` + filters + `}}`
		msg, err := nc.Request(subject, []byte(body), 10*time.Second)
		s.must(err)
		return string(msg.Data)
	}
	const allowed = `bellhop.v1.*.shop.*.message.created`
	for _, filters := range []string{
		`"filter_subject":"bellhop.v1.>"`, `"filter_subjects":["bellhop.v1.>"]`, `"filter_subjects":["` + allowed + `","bellhop.v1.*.help.*.message.created"]`,
		`"filter_subject":"` + allowed + `","filter_subjects":["bellhop.v1.>"]`, `"deliver_policy":"all"`,
	} {
		if answer := ask(filters); !strings.Contains(answer, `"error"`) {
			t.Errorf("%s is taken: %s", filters, answer)
		}
	}
	if answer := ask(`"filter_subject":"` + allowed + `"`); strings.Contains(answer, `"error"`) {
		t.Errorf("its own filter is refused: %s", answer)
	}
}
