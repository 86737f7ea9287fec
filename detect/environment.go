package detect

import "strings"

// environment is what a pixel worker gets of ours: what libraries read, and nothing else. A hostile picture that takes the worker
// over finds no password there that somebody has put into the hall's environment.
func environment(ours []string) []string {
	kept := []string{}
	for _, v := range ours {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case name == "PATH", name == "HOME", name == "LANG", name == "TZ", name == "TMPDIR", name == "LD_LIBRARY_PATH",
			strings.HasPrefix(name, "LC_"), strings.HasPrefix(name, "GO"), strings.HasPrefix(name, "OMP_"), strings.HasPrefix(name, "OPENCV_"):
			kept = append(kept, v)
		}
	}
	return kept
}
