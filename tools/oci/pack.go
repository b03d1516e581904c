package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/partial"
)

// pack writes an archive of each image in a layout. An image is called after its program: ko's own names for them are not in there.
func pack(from, version, dir string) error {
	index, err := layout.ImageIndexFromPath(from)
	if err != nil {
		return fmt.Errorf("read the layout: %w", err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return fmt.Errorf("read the layout: %w", err)
	}
	for _, one := range manifest.Manifests {
		image, err := index.Image(one.Digest)
		if err != nil {
			return fmt.Errorf("read image %s: %w", one.Digest, err)
		}
		config, err := image.ConfigFile()
		if err != nil || len(config.Config.Entrypoint) == 0 {
			return fmt.Errorf("image %s does not say what it runs: %w", one.Digest, err)
		}
		tagged := "bellhop/" + path.Base(config.Config.Entrypoint[0]) + ":" + version
		if err := archive(image, tagged, dir); err != nil {
			return fmt.Errorf("pack %s: %w", tagged, err)
		}
	}
	return nil
}

// archive writes an OCI archive of one image. Its bytes depend on nothing but the image and its name.
func archive(image v1.Image, tagged, dir string) (err error) {
	tag, err := name.NewTag(tagged)
	if err != nil {
		return fmt.Errorf("read its name: %w", err)
	}
	file, err := os.Create(filepath.Join(dir, path.Base(tag.RepositoryStr())+".tar"))
	if err != nil {
		return fmt.Errorf("make the archive: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := tar.NewWriter(file)
	descriptor, err := partial.Descriptor(image)
	if err != nil {
		return fmt.Errorf("describe it: %w", err)
	}
	descriptor.ArtifactType = "" // what runs is no artifact
	// The first is containerd's name for it, which kind, k3s and Docker read; the second is OCI's.
	descriptor.Annotations = map[string]string{
		"io.containerd.image.name":          strings.Replace(tag.Name(), name.DefaultRegistry, "docker.io", 1),
		"org.opencontainers.image.ref.name": tag.TagStr(),
	}
	index, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, Manifests: []v1.Descriptor{*descriptor}})
	if err != nil {
		return fmt.Errorf("write its index: %w", err)
	}
	docker, err := dockerManifest(image, tagged)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		data []byte
	}{{"oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`)}, {"index.json", index}, {"manifest.json", docker}} {
		if err := add(w, part.name, int64(len(part.data)), bytes.NewReader(part.data)); err != nil {
			return err
		}
	}
	if err := blobs(w, image, descriptor.Digest); err != nil {
		return err
	}
	return w.Close()
}

// dockerManifest lets `docker load` read the archive where Docker has no store of containerd's.
func dockerManifest(image v1.Image, tagged string) ([]byte, error) {
	manifest, err := image.Manifest()
	if err != nil {
		return nil, fmt.Errorf("read its manifest: %w", err)
	}
	layers := []string{}
	for _, layer := range manifest.Layers {
		layers = append(layers, blob(layer.Digest))
	}
	return json.Marshal([]map[string]any{{"Config": blob(manifest.Config.Digest), "RepoTags": []string{tagged}, "Layers": layers}})
}

// blobs adds the manifest, the configuration and the layers.
func blobs(w *tar.Writer, image v1.Image, digest v1.Hash) error {
	manifest, err := image.RawManifest()
	if err != nil {
		return fmt.Errorf("read its manifest: %w", err)
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return fmt.Errorf("read its configuration: %w", err)
	}
	configDigest, err := image.ConfigName()
	if err != nil {
		return fmt.Errorf("name its configuration: %w", err)
	}
	if err := add(w, blob(digest), int64(len(manifest)), bytes.NewReader(manifest)); err != nil {
		return err
	}
	if err := add(w, blob(configDigest), int64(len(config)), bytes.NewReader(config)); err != nil {
		return err
	}
	layers, err := image.Layers()
	if err != nil {
		return fmt.Errorf("list its layers: %w", err)
	}
	for _, layer := range layers {
		if err := addLayer(w, layer); err != nil {
			return err
		}
	}
	return nil
}

func addLayer(w *tar.Writer, layer v1.Layer) error {
	digest, err := layer.Digest()
	if err != nil {
		return fmt.Errorf("name a layer: %w", err)
	}
	size, err := layer.Size()
	if err != nil {
		return fmt.Errorf("measure a layer: %w", err)
	}
	data, err := layer.Compressed()
	if err != nil {
		return fmt.Errorf("read a layer: %w", err)
	}
	defer data.Close()
	return add(w, blob(digest), size, data)
}

func blob(h v1.Hash) string { return path.Join("blobs", h.Algorithm, h.Hex) }

// add writes a file without a time or an owner, which would be another one the next time.
func add(w *tar.Writer, name string, size int64, data io.Reader) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Format: tar.FormatUSTAR}); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := io.Copy(w, data); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}
