package server

import (
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

const (
	// maxChannels is the most channels of one request.
	maxChannels = 1000
	// maxSockets is the most sockets of one gateway in a channel. Sums of it stay whole numbers where numbers are doubles.
	maxSockets = 1_000_000_000
)

func checkRenew(req *sessionsv1.RenewRequest) error {
	if err := present("app", req.GetApp(), "gateway", req.GetGateway()); err != nil {
		return err
	}
	if req.GetHooks() == nil {
		return nil
	}
	if _, err := id.ParseProject(req.GetHooks().GetProject()); err != nil {
		return invalid("hooks.project", "%v", err)
	}
	return nil
}

func checkReport(req *sessionsv1.ReportRequest) error {
	if err := present("app", req.GetApp(), "gateway", req.GetGateway()); err != nil {
		return err
	}
	if n := len(req.GetMoves()); n > maxChannels {
		return invalid("moves", "%d are more than %d", n, maxChannels)
	}
	channels := make(map[string]bool, len(req.GetMoves()))
	for _, m := range req.GetMoves() {
		if channels[m.GetChannel()] {
			return invalid("moves.channel", "%q is there twice", m.GetChannel())
		}
		channels[m.GetChannel()] = true
		if err := checkMove(m); err != nil {
			return err
		}
	}
	return nil
}

func checkMove(m *sessionsv1.Move) error {
	if err := present("moves.channel", m.GetChannel()); err != nil {
		return err
	}
	if m.GetSockets() < 0 || m.GetSockets() > maxSockets {
		return invalid("moves.sockets", "%d is not 0 to %d", m.GetSockets(), maxSockets)
	}
	if m.GetLimit() < 0 {
		return invalid("moves.limit", "%d is below 0", m.GetLimit())
	}
	users := make(map[string]bool, len(m.GetCame())+len(m.GetGone()))
	once := func(field, user string) error {
		if user == "" {
			return invalid(field, "a user is empty")
		}
		if users[user] { // which of the two came last, nobody could tell
			return invalid(field, "%q has come or gone twice", user)
		}
		users[user] = true
		return nil
	}
	for _, c := range m.GetCame() {
		if err := once("moves.came", c.GetUser()); err != nil {
			return err
		}
	}
	for _, user := range m.GetGone() {
		if err := once("moves.gone", user); err != nil {
			return err
		}
	}
	return nil
}

func checkLook(req *sessionsv1.LookRequest) error {
	if err := present("app", req.GetApp()); err != nil {
		return err
	}
	if n := len(req.GetChannels()); n > maxChannels {
		return invalid("channels", "%d are more than %d", n, maxChannels)
	}
	for _, channel := range req.GetChannels() {
		if err := present("channels", channel); err != nil {
			return err
		}
	}
	return nil
}
