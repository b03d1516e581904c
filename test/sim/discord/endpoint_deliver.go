package discord

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// deliverInteraction brings one interaction to the endpoint, with the probes and forgeries that are due around it. There is no
// second try: what is not answered in 3 s has failed.
func (s *Server) deliverInteraction(i *interaction, payload []byte) {
	s.mu.Lock()
	address := s.world.App.Endpoint
	probe := s.opts.Probes > 0 && s.rng.Float64() < s.opts.Probes
	s.mu.Unlock()
	kind := map[int]string{InteractionCommand: "command", InteractionComponent: "component"}[i.Type]
	send := func(forge string) (Delivery, []byte) {
		d, answer := s.ask(s.ctx, address, payload, forge)
		d.Kind, d.Interaction = kind, i.ID
		s.note(d)
		return d, answer
	}
	disturb := s.faults.MatchDelivery("INTERACTION_CREATE", nil)
	forges := []string{}
	if probe {
		forges = append(forges, ForgeWrong)
	}
	odd, replay := "", false
	for _, f := range disturb {
		switch f.Forge {
		case "":
		case ForgeReplayed:
			replay = true
		case ForgeCase:
			odd = ForgeCase
		default:
			forges = append(forges, f.Forge)
		}
	}
	if slices.ContainsFunc(disturb, func(f fault.Delivery) bool { return f.Lose }) {
		return
	}
	for _, f := range disturb {
		if f.Delay > 0 && s.clock.Sleep(s.ctx, f.Delay) != nil {
			return
		}
	}
	for _, forge := range forges {
		if d, _ := send(forge); d.Status >= 200 && d.Status < 300 && forge == ForgeWrong {
			s.dropEndpoint(address)
		}
	}
	d, answer := send(odd)
	dropped := slices.ContainsFunc(disturb, func(f fault.Delivery) bool { return f.DropAck })
	s.settle(i, d, answer, dropped)
	for _, f := range disturb {
		for range f.Duplicate {
			send("")
		}
	}
	if replay {
		d, _ := s.ask(s.ctx, address, payload, "")
		d.Kind, d.Interaction, d.Forged = kind, i.ID, ForgeReplayed
		s.note(d)
	}
}

// dropEndpoint takes an endpoint away that accepts bad signatures, as Discord does.
func (s *Server) dropEndpoint(address string) {
	s.mu.Lock()
	if s.world.App.Endpoint == address {
		s.world.App.Endpoint = ""
	}
	s.strange.add("interaction", "the endpoint accepted a bad signature and was removed")
	s.mu.Unlock()
	s.watch.Touch()
}

// settle runs the callback that the endpoint answered with. 202 leaves it to POST …/callback.
func (s *Server) settle(i *interaction, d Delivery, answer []byte, dropped bool) {
	s.mu.Lock()
	defer s.watch.Touch()
	defer s.mu.Unlock()
	if dropped || d.Status != http.StatusOK {
		if d.Status != http.StatusAccepted && i.Answer == 0 {
			i.Verdict = VerdictFailed
		}
		return
	}
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(answer, &fields) != nil {
		i.Verdict = VerdictFailed
		return
	}
	c := &call{
		s: s, w: s.world, log: &Request{}, body: &body{}, form: newForm(fields), now: s.clock.Now(), arrived: time.Now(),
	}
	if i.Answer != 0 {
		i.Refused = append(i.Refused, errAcknowledged.Code)
		return
	}
	if _, err := c.acknowledge(i); err != nil {
		i.Verdict = VerdictFailed
		s.strange.add("interaction", "an inline answer was refused: "+err.Error())
	}
}
