//go:build powercut

package chaos

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// disk is a file system in a file, mounted at a directory. What the file holds is what a disk would hold after a power cut: the
// kernel keeps what was written and not synced above it, in memory. https://man7.org/linux/man-pages/man4/loop.4.html
type disk struct{ image, at string }

// diskBytes is enough for a round, and little to copy.
const diskBytes = 256 << 20

// newDisk makes a disk and mounts it until the test's end. Its journal is not committed by time, so that nothing reaches it but what
// somebody has synced.
func newDisk(t *testing.T, at string) *disk {
	t.Helper()
	d := &disk{image: filepath.Join(t.TempDir(), "disk"), at: at}
	file, err := os.OpenFile(d.image, os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(file.Truncate(diskBytes), file.Close(), os.MkdirAll(at, 0o700))
	}
	if err == nil {
		err = tool("mkfs.ext4", "-q", "-F", d.image)
	}
	if err == nil {
		err = d.mount()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.unmount(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *disk) mount() error { return tool("mount", "-o", "loop,commit=3600", d.image, d.at) }

func (d *disk) unmount() error { return tool("umount", d.at) }

// settle has everything written that is in memory only, as the kernel does in time.
func (d *disk) settle() error { return tool("sync", "-f", d.at) }

// freeze copies what the disk holds now.
func (d *disk) freeze() error {
	return tool("cp", "--sparse=always", d.image, d.image+".cut")
}

// revert puts back what was frozen; nobody may have a file open.
func (d *disk) revert() error {
	err := d.unmount() // which writes all that is still in memory, to the file that is thrown away
	if err == nil {
		err = os.Rename(d.image+".cut", d.image)
	}
	if err == nil {
		err = d.mount()
	}
	return err
}

func tool(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// stoppedWithin bounds the wait for a process that was told to stand still: a sync that has begun ends first.
const stoppedWithin = 10 * time.Second

// standsStill waits until every thread of a process has stopped: from then on nothing is synced.
func standsStill(pid int) error {
	for deadline := time.Now().Add(stoppedWithin); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		stats, err := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "stat"))
		if err != nil || len(stats) == 0 {
			return fmt.Errorf("look at process %d: nothing there: %w", pid, err)
		}
		if stopped(stats) {
			return nil
		}
	}
	return fmt.Errorf("process %d does not stand still", pid)
}

func stopped(stats []string) bool {
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has ended
		}
		// The name, in brackets, may hold anything; the state is the first field after it.
		_, rest, _ := strings.Cut(string(raw[strings.LastIndexByte(string(raw), ')'):]), " ")
		if !strings.HasPrefix(rest, "T") {
			return false
		}
	}
	return true
}
