package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// banner keeps the notice that Preact's licence asks for.
const banner = "/*! Bellhop (MIT). Contains Preact, (c) 2015-present Jason Miller (MIT). */"

// preact is where the bundled library is, below the folder of web.
const preact = "third_party/preact"

// Files bundles the sources below root, the folder of web, and answers the built files by their names.
func Files(root string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the sources: %w", err)
	}
	out := map[string][]byte{}
	panel, err := bundle(root, out, options(root, api.FormatESModule, "src/panel.ts"))
	if err != nil {
		return nil, err
	}
	address := map[string]string{"__PANEL__": fmt.Sprintf("%q", "./"+panel)}
	for entry, format := range map[string]api.Format{"src/widget.ts": api.FormatIIFE, "src/bellhop.ts": api.FormatESModule} {
		o := options(root, format, entry)
		o.Define, o.External, o.Splitting, o.EntryNames = address, []string{"./" + panel}, false, "[name]"
		if format == api.FormatESModule {
			o.OutExtension = map[string]string{".js": ".mjs"}
		}
		if _, err := bundle(root, out, o); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func options(root string, format api.Format, entry string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{entry}, Outdir: "dist", Bundle: true, Write: false,
		Format: format, Splitting: true, Target: api.ES2022, EntryNames: "[name]-[hash]", ChunkNames: "[name]-[hash]",
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		JSX: api.JSXTransform, JSXFactory: "h", JSXFragment: "Fragment", Charset: api.CharsetUTF8,
		Banner:  map[string]string{"js": banner},
		Alias:   map[string]string{"preact": "./" + preact + "/preact.mjs", "preact/hooks": "./" + preact + "/hooks.mjs"},
		Plugins: []api.Plugin{styles},
	}
}

// bundle runs esbuild and adds what it built; it answers the name of the entry's file.
func bundle(root string, out map[string][]byte, o api.BuildOptions) (entry string, err error) {
	result := api.Build(o)
	if len(result.Errors) > 0 {
		var problems []error
		for _, text := range api.FormatMessages(result.Errors, api.FormatMessagesOptions{}) {
			problems = append(problems, errors.New(text))
		}
		return "", fmt.Errorf("bundle %s: %w", o.EntryPoints[0], errors.Join(problems...))
	}
	base := strings.TrimSuffix(filepath.Base(o.EntryPoints[0]), ".ts")
	for _, f := range result.OutputFiles {
		name, err := filepath.Rel(filepath.Join(root, "dist"), f.Path)
		if err != nil {
			return "", fmt.Errorf("place %s: %w", f.Path, err)
		}
		out[name] = f.Contents
		if strings.HasPrefix(name, base) {
			entry = name
		}
	}
	return entry, nil
}

// styles imports a style sheet as minified text: the widget makes constructed sheets of it, which no content policy refuses.
var styles = api.Plugin{Name: "styles", Setup: func(b api.PluginBuild) {
	b.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		raw, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, fmt.Errorf("read style sheet: %w", err)
		}
		small := api.Transform(string(raw), api.TransformOptions{
			Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, Target: api.ES2022, Charset: api.CharsetUTF8,
			Engines: []api.Engine{{Name: api.EngineChrome, Version: "111"}, {Name: api.EngineSafari, Version: "16.4"}, {Name: api.EngineFirefox, Version: "113"}},
		})
		if len(small.Errors) > 0 {
			return api.OnLoadResult{Errors: small.Errors}, nil
		}
		text := strings.TrimSpace(string(small.Code))
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, nil
	})
}}
