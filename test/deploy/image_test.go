//go:build linux

package deploy

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// nobody is as whom images run.
const nobody = 65532

// build makes images in a new directory, out of what is there: the network is refused.
func build(t *testing.T, cache string, names ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.CommandContext(t.Context(), "../../deploy/image/build", names...)
	cmd.Env = append(os.Environ(), "IMAGES="+dir, "VERSION=v0-test", "GOPROXY=off", "HTTPS_PROXY=http://127.0.0.1:1")
	if cache != "" {
		cmd.Env = append(cmd.Env, "KOCACHE="+cache)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build images: %v\n%s", err, out)
	}
	return dir
}

func TestImagesAreStaticTheSameEachTimeAndRunInAnEmptyRoot(t *testing.T) {
	names := []string{"bellhop", "demo"} // `make images` builds all, in the same way
	dir, again := build(t, "", names...), build(t, t.TempDir(), "demo")
	roots := map[string]string{}
	for _, name := range names {
		image := open(t, filepath.Join(dir, name+".tar"))
		if image.name != "docker.io/bellhop/"+name+":v0-test" {
			t.Errorf("%s is called %s", name, image.name)
		}
		if image.config.User != "65532:65532" || len(image.config.Entrypoint) != 1 {
			t.Errorf("%s runs %v as %q", name, image.config.Entrypoint, image.config.User)
		}
		if sboms, err := filepath.Glob(filepath.Join(dir, name+"-*.spdx.json")); err != nil || len(sboms) == 0 {
			t.Errorf("there is no list of what is in %s: %v", name, err)
		}
		roots[name] = t.TempDir()
		image.unpack(t, roots[name])
		static(t, name, filepath.Join(roots[name], image.config.Entrypoint[0]))
	}
	runs(t, roots["bellhop"])
	if !bytes.Equal(contents(t, dir, "demo.tar"), contents(t, again, "demo.tar")) {
		t.Error("the same sources are two images")
	}
}

func contents(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// static checks that a program needs nothing beside itself.
func static(t *testing.T, name, path string) {
	t.Helper()
	program, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("%s is linked to what is not in its image", name)
		}
	}
	if name == "demo" {
		return // it talks to nobody outside
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	roots := false
	for _, module := range info.Deps {
		roots = roots || module.Path == "golang.org/x/crypto/x509roots/fallback"
	}
	if zones := bytes.Contains(contents(t, filepath.Dir(path), filepath.Base(path)), []byte("Pacific/Kiritimati")); !roots || !zones {
		t.Errorf("%s has roots of TLS: %v, time zones: %v", name, roots, zones)
	}
}

// runs starts everything in one process, with nothing but the image and a volume around it, and asks how it is.
func runs(t *testing.T, root string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(root, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(root, "data"), nobody, nobody); err != nil {
		t.Fatal(err)
	}
	for dir := root; dir != "/"; dir = filepath.Dir(dir) { // nobody must get there
		if err := os.Chmod(dir, 0o755); err != nil && dir == root {
			t.Fatal(err)
		}
		if dir == os.TempDir() {
			break
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	addr := free(t)
	cmd := exec.CommandContext(ctx, "/ko-app/bellhop", "up", "--addr", addr, "--data", "/data")
	var log bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = "/", []string{"TZ=Pacific/Kiritimati"}, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answered := awaitHealth(ctx, "http://"+addr+"/health")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil || !answered {
		t.Fatalf("healthy: %v, ended: %v\n%s", answered, err, log.String())
	}
}

// awaitHealth asks until there is an answer, or the time is over.
func awaitHealth(ctx context.Context, url string) bool {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if resp, err := client.Get(url); err == nil {
			var health struct{ Status string }
			err = json.NewDecoder(resp.Body).Decode(&health)
			_ = resp.Body.Close()
			return err == nil && resp.StatusCode == http.StatusOK && health.Status == "ok"
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
