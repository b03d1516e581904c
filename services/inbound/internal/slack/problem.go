package slack

import "sync"

// The parts of the connection that may be in trouble.
const (
	theBot     = "bot"
	theChannel = "channel"
	theSocket  = "socket"
)

// problems are what is wrong, by part; the worst is told.
type problems struct {
	tell func(string)

	mu  sync.Mutex
	all map[string]string
}

// set says what is wrong with a part, or with "" that nothing is.
func (p *problems) set(part, problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[string]string{}
	}
	p.all[part] = problem
	for _, part := range []string{theBot, theSocket, theChannel} {
		if problem := p.all[part]; problem != "" {
			p.tell(problem)
			return
		}
	}
	p.tell("")
}
