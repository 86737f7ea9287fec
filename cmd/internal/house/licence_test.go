package house

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// licences are those that may be in what we give away, by words that only they have.
var licences = []struct {
	name  string
	words *regexp.Regexp
}{
	{"Apache-2.0", regexp.MustCompile(`(?i)Apache License,?\s+Version 2\.0`)},
	{"MIT", regexp.MustCompile(`(?i)Permission is hereby granted, free of charge`)},
	{"ISC", regexp.MustCompile(`(?i)Permission to use, copy, modify, and(/or)? distribute this software`)},
	{"BSD", regexp.MustCompile(`(?i)Redistribution and use in source and binary forms`)},
	{"MPL-2.0", regexp.MustCompile(`(?i)Mozilla Public License,? (Version|v\.?) ?2\.0`)},
	{"EPL/EDL", regexp.MustCompile(`(?i)Eclipse (Public License|Distribution License)`)},
	{"Unlicense", regexp.MustCompile(`(?i)This is free and unencumbered software released into the public domain`)},
}

// copyleft must be in no text: a file with two licences would otherwise pass by the other one.
var copyleft = regexp.MustCompile(`(?m)^\s*GNU (AFFERO |LESSER )?GENERAL PUBLIC LICENSE`)

// TestEveryModuleMayBeGivenAway reads the licence of every Go module that is in a binary.
func TestEveryModuleMayBeGivenAway(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/zhihui", "./cmd/sitesim")
	list.Dir, list.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	out, err := list.Output()
	require.NoError(t, err)
	dirs := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Module *struct {
				Path, Dir string
				Main      bool
			}
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		if p.Module != nil && !p.Module.Main {
			dirs[p.Module.Path] = p.Module.Dir
		}
	}
	require.Greater(t, len(dirs), 30)
	for module, dir := range dirs {
		name, text := licenceOf(t, dir)
		require.NotEmpty(t, text, "%s has no licence file", module)
		require.NotEmpty(t, name, "%s: its licence is none of those that fit", module)
		require.NotRegexp(t, copyleft, text, "%s", module)
	}
}

func licenceOf(t *testing.T, dir string) (name, text string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, f := range files {
		if base := strings.ToUpper(filepath.Base(f)); strings.HasPrefix(base, "LICEN") || strings.HasPrefix(base, "COPYING") {
			if b, err := os.ReadFile(f); err == nil { // LICENSES may be a folder
				text += string(b)
			}
		}
	}
	for _, l := range licences {
		if l.words.MatchString(text) {
			return l.name, text
		}
	}
	return "", text
}

// TestEveryPackageOfThePagesMayBeGivenAway reads the lock file, where each package states its licence; tools that are in no
// page are free.
func TestEveryPackageOfThePagesMayBeGivenAway(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "dashboard/web/package-lock.json"))
	require.NoError(t, err)
	var lock struct {
		Packages map[string]struct {
			License string
			Dev     bool
		}
	}
	require.NoError(t, json.Unmarshal(b, &lock))
	fits := regexp.MustCompile(`^\(?(Apache-2\.0|MIT|ISC|0BSD|BSD-[23]-Clause|MPL-2\.0|EPL-2\.0|OFL-1\.1)( OR .*)?\)?$`)
	n := 0
	for name, p := range lock.Packages {
		if name != "" && !p.Dev {
			n++
			require.Regexp(t, fits, p.License, "%s", name)
		}
	}
	require.Greater(t, n, 10)
}
