package sessionstest

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

func check(req *sessionsv1.ReportRequest) error {
	wrong := len(req.GetMoves()) > 1000
	channels := map[string]bool{}
	for _, m := range req.GetMoves() {
		users := map[string]bool{"": true}
		once := func(user string) {
			wrong = wrong || users[user]
			users[user] = true
		}
		for _, member := range m.GetCame() {
			once(member.GetUser())
		}
		for _, user := range m.GetGone() {
			once(user)
		}
		wrong = wrong || m.GetChannel() == "" || channels[m.GetChannel()] || m.GetSockets() < 0 || m.GetLimit() < 0
		channels[m.GetChannel()] = true
	}
	if wrong {
		return status.Errorf(codes.InvalidArgument, "moves: %v", req.GetMoves())
	}
	return nil
}
