// Command web builds the widget into dist: run it in the folder of web.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bellhop-chat/bellhop/web/build"
)

func main() {
	if err := write("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write replaces what is in dist.
func write(root string) error {
	files, err := build.Files(root)
	if err != nil {
		return err
	}
	dist := filepath.Join(root, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("empty dist: %w", err)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make dist: %w", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dist, name), content, 0o644); err != nil {
			return fmt.Errorf("write dist: %w", err)
		}
	}
	return nil
}
