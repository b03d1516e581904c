package file

import (
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFileNamesAreCleaned(t *testing.T) {
	for name, want := range map[string]string{
		"report.pdf":                          "report.pdf",
		"Größe 2.PNG":                         "Größe 2.PNG",
		"../../etc/passwd":                    "passwd",
		`C:\Users\me\photo.jpg`:               "photo.jpg",
		"a\r\nSet-Cookie: x=1.txt":            "a Set-Cookie_ x=1.txt",
		"tab\tand\x00zero\x7f.txt":            "tab andzero.txt",
		"photo\u202egpj.exe":                  "photogpj.exe",
		"\u2066a\u2069\ufeff\u200b.txt":       "a.txt",
		"👨\u200d👩\u200d👧.png":                 "👨\u200d👩\u200d👧.png",
		".htaccess":                           "htaccess",
		"...":                                 "file.png",
		"":                                    "file.png",
		"  spaced   out .png":                 "spaced out.png",
		"trailing.":                           "trailing",
		`a<b>:"c|d?e*.png`:                    "a_b___c_d_e_.png",
		"\xff\xfe.png":                        "png",
		"x/..":                                "file.png",
		"line\u2028separator.txt":             "line separator.txt",
		strings.Repeat("ä", 4096) + ".docx":   strings.Repeat("ä", 95) + ".docx",
		"x." + strings.Repeat("e", 4096):      "x." + strings.Repeat("e", 98),
		strings.Repeat("a ", 200) + ".tar.gz": strings.Repeat("a ", 48) + "a.gz",
	} {
		if got := CleanName(name, "image/png"); got != want {
			t.Errorf("%.40q became %q, want %q", name, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"", "a.png", "../x", "a\r\nb", "\u202ea", "...", "a. .b", strings.Repeat("x", 300) + ".y", ". .", "\u200d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := CleanName(name, "")
		if n := utf8.RuneCountInString(got); n == 0 || n > maxName || !utf8.ValidString(got) {
			t.Fatalf("%q became %q", name, got)
		}
		if strings.ContainsAny(got, "/\\\"<>|?*:\r\n") || strings.HasPrefix(got, ".") || strings.HasSuffix(got, ".") || got != path.Base(got) {
			t.Fatalf("%q became %q", name, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q became %q", name, got)
			}
		}
		if again := CleanName(got, ""); again != got {
			t.Fatalf("%q became %q and then %q", name, got, again)
		}
	})
}
