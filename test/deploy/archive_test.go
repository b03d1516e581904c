package deploy

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// image is what an OCI archive holds, read without the library that has written it.
type image struct {
	name   string
	config runConfig
	layers [][]byte
}

// runConfig is how a container runs it.
type runConfig struct {
	User       string
	Entrypoint []string
}

// descriptor points to a blob by the digest of its bytes.
type descriptor struct {
	Digest      string
	Annotations map[string]string
}

func open(t *testing.T, path string) image {
	t.Helper()
	files := map[string][]byte{}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	each(t, bytes.NewReader(raw), func(h *tar.Header, data []byte) { files[h.Name] = data })
	blob := func(digest string) []byte {
		digits := strings.TrimPrefix(digest, "sha256:")
		data := files["blobs/sha256/"+digits]
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digits {
			t.Fatalf("%s: %s is not in it, or is another", path, digest)
		}
		return data
	}
	var index struct{ Manifests []descriptor }
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	var config struct{ Config runConfig }
	var found image
	read(t, files["index.json"], &index)
	if len(index.Manifests) != 1 {
		t.Fatalf("%s has %d images", path, len(index.Manifests))
	}
	found.name = index.Manifests[0].Annotations["io.containerd.image.name"]
	read(t, blob(index.Manifests[0].Digest), &manifest)
	read(t, blob(manifest.Config.Digest), &config)
	found.config = config.Config
	for _, layer := range manifest.Layers {
		found.layers = append(found.layers, blob(layer.Digest))
	}
	return found
}

func read(t *testing.T, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func each(t *testing.T, r io.Reader, do func(*tar.Header, []byte)) {
	t.Helper()
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(archive)
		}
		if err != nil {
			t.Fatal(err)
		}
		do(header, data)
	}
}

// unpack makes the root of a container.
func (i image) unpack(t *testing.T, root string) {
	t.Helper()
	for _, layer := range i.layers {
		plain, err := gzip.NewReader(bytes.NewReader(layer))
		if err != nil {
			t.Fatal(err)
		}
		each(t, plain, func(h *tar.Header, data []byte) {
			path, err := filepath.Join(root, filepath.Clean("/"+h.Name)), error(nil)
			switch h.Typeflag {
			case tar.TypeDir:
				err = os.MkdirAll(path, 0o755)
			case tar.TypeReg:
				err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, h.FileInfo().Mode()))
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
