package deploy

import (
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// manifests is where they are.
const manifests = "../../deploy/k8s"

// folders are what there is of a kind: overlays, components.
func folders(t testing.TB, kind string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(manifests, kind))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// rendered are the sites that were rendered before: no test changes one, and there are many.
var rendered sync.Map

// once is a site that is rendered when it is needed first.
func once(t *testing.T, name string, make func(testing.TB) *site) *site {
	t.Helper()
	if known, ok := rendered.Load(name); ok {
		return known.(*site)
	}
	s := make(t)
	rendered.Store(name, s)
	return s
}

// render is what kubectl apply -k would send.
func render(t testing.TB, dir string) *site {
	t.Helper()
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("render %s: %v", dir, err)
	}
	s := &site{}
	for _, resource := range all.Resources() {
		text, err := resource.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		s.add(t, text)
	}
	return s
}

func overlay(t testing.TB, name string) *site {
	return render(t, filepath.Join(manifests, "overlays", name))
}

// combined is the base with components.
func combined(t testing.TB, names ...string) *site {
	t.Helper()
	dir := t.TempDir()
	here, err := filepath.Abs(manifests)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(dir, here)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("resources: [%s/base]\n", path)
	if len(names) > 0 {
		text += fmt.Sprintf("components: [%[1]s/components/%[2]s]\n", path, strings.Join(names, ", "+path+"/components/"))
	}
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return render(t, dir)
}

// everySite runs a test on all overlays, and on the base with every combination of components.
func everySite(t *testing.T, test func(t *testing.T, s *site)) {
	for _, name := range folders(t, "overlays") {
		t.Run("overlay "+name, func(t *testing.T) {
			test(t, once(t, name, func(t testing.TB) *site { return overlay(t, name) }))
		})
	}
	all := folders(t, "components")
	if len(all) < 8 {
		t.Errorf("only %v are there", all)
	}
	for chosen := range 1 << len(all) {
		names := make([]string, 0, bits.OnesCount(uint(chosen)))
		for i, name := range all {
			if chosen&(1<<i) != 0 {
				names = append(names, name)
			}
		}
		t.Run("base with "+strings.Join(names, " "), func(t *testing.T) {
			t.Parallel()
			test(t, once(t, strings.Join(names, " "), func(t testing.TB) *site { return combined(t, names...) }))
		})
	}
}
