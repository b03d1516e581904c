package browser

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// shared is the Chromium in which tests have profiles of their own: to start one costs more than most tests do.
var shared struct {
	mu   sync.Mutex
	ctx  context.Context
	stop func()
	err  error
}

// common starts the Chromium that tests share.
func common() (context.Context, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.ctx != nil || shared.err != nil {
		return shared.ctx, shared.err
	}
	dir, err := os.MkdirTemp("", "bellhop-browser-")
	if err != nil {
		shared.err = err
		return nil, err
	}
	alloc, free := chromedp.NewExecAllocator(context.Background(), options(quickest(), dir)...)
	ctx, end := chromedp.NewContext(alloc)
	shared.stop = func() {
		_ = chromedp.Cancel(ctx) // asks it to go, and waits
		end()
		free()
		_ = os.RemoveAll(dir)
	}
	if err := chromedp.Do(ctx); err != nil { // starts it
		shared.stop()
		shared.stop, shared.err = nil, errors.Join(errors.New("start Chromium"), err)
		return nil, shared.err
	}
	shared.ctx = ctx
	return ctx, nil
}

// Close ends the Chromium that tests have shared, after the last of them.
func Close() {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.stop != nil {
		shared.stop()
	}
	shared.ctx, shared.stop = nil, nil
}

// whole stands for the Chromium that chromedp finds.
const whole = ""

// quickest is Chromium's headless shell where it is installed: the same engine without a window around it takes a third of the processor
// time.
func quickest() string {
	if path, err := exec.LookPath("chromium-headless-shell"); err == nil {
		return path
	}
	return whole
}

// options starts a Chromium with a directory of its own; arguments are Chromium's, "name=value".
func options(program, dir string, arguments ...string) []chromedp.ExecAllocatorOption {
	all := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(dir), chromedp.WindowSize(1280, 860),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	for _, argument := range arguments {
		name, value, _ := strings.Cut(argument, "=")
		if value == "" {
			all = append(all, chromedp.Flag(name, true))
		} else {
			all = append(all, chromedp.Flag(name, value))
		}
	}
	return all
}
