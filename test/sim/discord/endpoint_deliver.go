package discord

import (
	"encoding/json"
	"net/http"
	"time"
)

// deliverInteraction brings one interaction to the endpoint, with the probes and forgeries that are due around it. There is no
// second try: what is not answered in 3 s has failed.
func (s *Server) deliverInteraction(i *interaction, payload []byte) {
	s.mu.Lock()
	address := s.world.App.Endpoint
	probe := s.opts.Probes > 0 && s.rng.Float64() < s.opts.Probes
	s.mu.Unlock()
	kind := map[int]string{InteractionCommand: "command", InteractionComponent: "component"}[i.Type]
	send := func(forge, called string) (Delivery, []byte) {
		d, answer := s.ask(s.ctx, address, payload, forge)
		d.Kind, d.Interaction, d.Forged = kind, i.ID, called
		s.note(d)
		return d, answer
	}
	plan := s.planDelivery(probe)
	if plan.lose || plan.delay > 0 && s.clock.Sleep(s.ctx, plan.delay) != nil {
		return
	}
	for _, forge := range plan.before {
		if d, _ := send(forge, forge); d.Status >= 200 && d.Status < 300 && forge == ForgeWrong {
			s.dropEndpoint(address)
		}
	}
	d, answer := send(plan.odd, plan.odd)
	s.settle(i, d, answer, plan.dropAck)
	for _, called := range plan.after {
		send("", called)
	}
}

// deliveryPlan is what disturbs one delivery to the endpoint.
type deliveryPlan struct {
	lose, dropAck bool
	delay         time.Duration
	before        []string // forgeries that come first
	odd           string   // how the genuine one is spelt
	after         []string // what comes once more: "" is a duplicate
}

func (s *Server) planDelivery(probe bool) (plan deliveryPlan) {
	if probe {
		plan.before = append(plan.before, ForgeWrong)
	}
	for _, f := range s.faults.MatchDelivery("INTERACTION_CREATE", nil) {
		plan.lose, plan.dropAck = plan.lose || f.Lose, plan.dropAck || f.DropAck
		plan.delay = max(plan.delay, f.Delay)
		for range f.Duplicate {
			plan.after = append(plan.after, "")
		}
		switch f.Forge {
		case "":
		case ForgeReplayed:
			plan.after = append(plan.after, ForgeReplayed)
		case ForgeCase:
			plan.odd = ForgeCase
		default:
			plan.before = append(plan.before, f.Forge)
		}
	}
	return plan
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
