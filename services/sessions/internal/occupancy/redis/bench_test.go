package redis

import (
	"fmt"
	"testing"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

// What a gateway reports when it begins, and when everything is repeated: as many channels as a report may have, of one member each; or one channel
// of so many users.
func BenchmarkReport(b *testing.B) {
	const channels, most = 10_000, 500
	for _, users := range []int{1, 100, 1000, 10_000} {
		b.Run(fmt.Sprint("one channel of ", users), func(b *testing.B) {
			m := &sessionsv1.Move{Channel: "presence-x", Sockets: 10_000, Came: members(users)}
			reports(b, []*sessionsv1.ReportRequest{report(m)})
		})
	}
	b.Run("one more in a channel of 100", func(b *testing.B) { reports(b, nil) })
	b.Run(fmt.Sprint(channels, " channels"), func(b *testing.B) {
		var all []*sessionsv1.ReportRequest
		for first := 0; first < channels; first += most {
			var moves []*sessionsv1.Move
			for n := range most {
				moves = append(moves, &sessionsv1.Move{Channel: fmt.Sprint("presence-", first+n), Sockets: 1, Came: members(1)})
			}
			all = append(all, report(moves...))
		}
		reports(b, all)
	})
}

func members(n int) (all []*sessionsv1.Member) {
	for i := range n {
		all = append(all, &sessionsv1.Member{User: fmt.Sprint("user-", i), Info: `{"name":"Ann"}`})
	}
	return all
}

// reports measures reports to an empty store, the same again after a fresh lease, and renewals meanwhile. Without reports it is one that comes to others
// and goes.
func reports(b *testing.B, all []*sessionsv1.ReportRequest) {
	s, err := Open(redistest.Start(b).URL(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	renew := func(seen *sessionsv1.Seen) {
		if _, _, err := s.Renew(b.Context(), &sessionsv1.RenewRequest{App: "shop", Gateway: "g", Seen: seen}); err != nil {
			b.Fatal(err)
		}
	}
	send := func(r *sessionsv1.ReportRequest) {
		if _, _, err := s.Report(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
	renew(nil)
	if all == nil {
		send(report(&sessionsv1.Move{Channel: "presence-x", Sockets: 100, Came: members(100)}))
		for b.Loop() {
			send(report(&sessionsv1.Move{Channel: "presence-x", Sockets: 101, Came: []*sessionsv1.Member{{User: "last"}}}))
			send(report(&sessionsv1.Move{Channel: "presence-x", Sockets: 100, Gone: []string{"last"}}))
		}
		return
	}
	var first, again, renewal time.Duration
	for b.Loop() {
		if err := s.client.FlushAll(b.Context()).Err(); err != nil {
			b.Fatal(err)
		}
		renew(nil)
		begun := time.Now()
		for _, r := range all {
			send(r)
		}
		first += time.Since(begun)
		begun = time.Now()
		renew(&sessionsv1.Seen{Report: 1}) // which is more than there is
		renewal += time.Since(begun)
		begun = time.Now()
		for _, r := range all {
			send(r)
		}
		again += time.Since(begun)
	}
	for name, took := range map[string]time.Duration{"first-ms": first, "again-ms": again, "fresh-renewal-ms": renewal} {
		b.ReportMetric(took.Seconds()*1000/float64(b.N), name)
	}
}
