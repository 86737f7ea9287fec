package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"

	"zhihui/models"
)

// missing is a sentence on a part that a benchmark needs and this machine does not have, and how to get it.
type missing string

func (m missing) Error() string { return string(m) }

// repository returns the folder of the repository that the working folder lies in.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "cmd", "bench", "parts.go")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", models.Errorf(models.NotFound, "run this inside the repository of zhihui, not in %s", dir)
		}
	}
}

// binary returns the path of one of the product's binaries.
func (b *bench) binary(name string) (string, error) {
	return found(filepath.Join(b.bin, name), missing(name+" is not built: make build"))
}

// onnxRuntime returns the library that runs the networks.
func (b *bench) onnxRuntime() (string, error) {
	return found(filepath.Join(b.root, ".cache/onnxruntime/libonnxruntime.so.1"), "ONNX Runtime is not here: make deps")
}

// footageFolder is where clips are that are not of Debian's package.
func (b *bench) footageFolder() string {
	return filepath.Join(cmp.Or(os.Getenv("ZHIHUI_SHARED"), filepath.Join(b.root, "..", "shared")), "footage")
}

// footage returns the path of a clip.
func (b *bench) footage(name string) (string, error) {
	for _, path := range []string{
		filepath.Join(b.footageFolder(), name), "/usr/share/doc/opencv-doc/examples/data/" + name, "/usr/share/doc/opencv-doc/examples/data/" + name + ".gz",
	} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", missing("the clip " + name + " is not here: install Debian's package opencv-doc, and name the folder that holds footage/ by ZHIHUI_SHARED")
}

// peer returns the path of a program of others that a package of Debian brings.
func peer(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", missing(name + " is not installed: .tools/deps.sh bench")
	}
	return path, nil
}

func found(path string, or missing) (string, error) {
	if _, err := os.Stat(path); err != nil {
		return "", or
	}
	return path, nil
}
