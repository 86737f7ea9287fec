package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"zhihui/configs"
	"zhihui/models/store"
)

type backupCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Verify bool   `help:"Do not make a backup but read FILE, which is one, to its end and say whether it is whole."`
	File   string `arg:"" help:"The backup, a tar file; one that is there is never overwritten." type:"path"`
}

// Run makes a backup beside a running hall, or without one. How far it is goes to standard error, the result to standard
// output.
func (c backupCommand) Run(w world) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if c.Verify {
		m, err := store.VerifyBackup(ctx, c.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.out, "%s is whole: %s\n", c.File, describe(m))
		return nil
	}
	cfg, err := configs.Load(c.Config)
	if err != nil {
		return err
	}
	m, err := store.Backup(ctx, cfg.Store, version, c.File, func(s string) { fmt.Fprintln(w.err, s) })
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s: %s\n", c.File, describe(m))
	fmt.Fprintln(w.err, "Not in it: the settings file and certificates (copy them too), footage (clips and holds are rows, their files are not), login sessions (everybody logs in again), "+
		"and events on the bus that are not alerts yet. It holds the key: whoever has it can read the cameras' passwords.")
	return nil
}

func describe(m store.Manifest) string {
	return fmt.Sprintf("everything until %s, %d snapshots, %.1f MB, by zhihui %s",
		m.MadeAt, len(m.Members)-2, float64(m.Bytes())/1e6, m.Version)
}
