package main

import (
	"context"
	"fmt"
	"os/signal"
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
	m, aside, err := store.Restore(ctx, cfg.Store, c.File, c.Force)
	if aside != "" {
		fmt.Fprintf(w.err, "what was in %s is in %s now\n", cfg.Store.Dir, aside)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "restored into %s: %s\n", cfg.Store.Dir, describe(m))
	return nil
}
