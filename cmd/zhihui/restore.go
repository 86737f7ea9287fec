package main

import (
	"context"
	"fmt"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"zhihui/cmd/internal/app"
	"zhihui/configs"
	"zhihui/models/store"
)

type restoreCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Force  bool   `help:"Restore into a folder that is not empty: what is there is moved aside, nothing is deleted."`
	File   string `arg:"" help:"The backup." type:"path"`
}

// Run puts a backup into the store's folder, on which no hall may run.
func (c restoreCommand) Run(w world) error {
	cfg, err := configs.Load(c.Config)
	if err != nil {
		return err
	}
	if c.Force {
		unlock, err := app.Lock(cfg.Store.Dir)
		if err != nil {
			return err
		}
		defer func() {
			if err := unlock(); err != nil {
				fmt.Fprintln(w.err, "zhihui:", err)
			}
		}()
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	footage := cfg.Recording.Folder(cfg.Store.Dir) // may be a disk of its own, and is no part of a backup
	m, aside, err := store.Restore(ctx, cfg.Store, c.File, c.Force, within(cfg.Store.Dir, footage)...)
	if aside != "" {
		fmt.Fprintf(w.err, "what was in %s is in %s now\n", cfg.Store.Dir, aside)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "restored into %s: %s\n", cfg.Store.Dir, describe(m))
	fmt.Fprintf(w.err, "Footage is in no backup: the next start compares the index with what is in %s. "+
		"If that disk is lost, zhihui recording adopt begins a new one.\n", footage)
	return nil
}

// within is the entry of a folder in which another lies, none when it lies elsewhere.
func within(dir, other string) []string {
	way, err := filepath.Rel(dir, other)
	if err != nil || !filepath.IsLocal(way) {
		return nil
	}
	first, _, _ := strings.Cut(way, string(filepath.Separator))
	return []string{first}
}
