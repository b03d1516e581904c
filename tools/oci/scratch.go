package main

import (
	"fmt"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/match"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// platforms that the empty base image is there for.
var platforms = []v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}}

// scratch puts the base image where ko looks before it asks a registry: only what is referenced by digest is looked for there.
func scratch(cache string) (ref string, err error) {
	path := layout.Path(filepath.Join(cache, "img"))
	if _, err := layout.FromPath(string(path)); err != nil {
		if path, err = layout.Write(string(path), empty.Index); err != nil {
			return "", fmt.Errorf("make ko's cache: %w", err)
		}
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range platforms {
		image, err := mutate.ConfigFile(mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1),
			&v1.ConfigFile{OS: p.OS, Architecture: p.Architecture, RootFS: v1.RootFS{Type: "layers"}})
		if err != nil {
			return "", fmt.Errorf("make an empty image: %w", err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &p}})
		// ko looks for the image of a platform by itself as well.
		digest, err := image.Digest()
		if err == nil {
			err = path.ReplaceImage(image, match.Digests(digest))
		}
		if err != nil {
			return "", fmt.Errorf("store an empty image: %w", err)
		}
	}
	digest, err := index.Digest()
	if err == nil {
		err = path.ReplaceIndex(index, match.Digests(digest))
	}
	if err != nil {
		return "", fmt.Errorf("store the base image: %w", err)
	}
	return "bellhop/scratch@" + digest.String(), nil
}
