package label

import (
	"strings"
	"testing"
)

func TestFileNamesHarmNobody(t *testing.T) {
	for name, want := range map[string]string{
		"cat.png": "cat.png", "../../etc/passwd": "passwd", `C:\Users\ana\cat.png`: "cat.png", "": "file", "..": "file", "/": "file",
		"\u202Egnp.exe": "gnp.exe", "a\r\nb.txt": "a b.txt", " . ": "file", "é🦊.txt": "é🦊.txt",
		strings.Repeat("x", 200) + ".pdf": strings.Repeat("x", 116) + ".pdf", "." + strings.Repeat("x", 200): "." + strings.Repeat("x", 119),
	} {
		if got := File(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("../x\\y.png")
	f.Add(" ..\u202E/ ")
	f.Fuzz(func(t *testing.T, s string) {
		name := File(s)
		if name == "" || strings.ContainsAny(name, "/\\\r\n\x00") || name == "." || name == ".." || len([]rune(name)) > 120 {
			t.Fatalf("%q became %q", s, name)
		}
	})
}
