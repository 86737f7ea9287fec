package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"zhihui/configs"
	"zhihui/models/store"
)

type siteApplyCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	DryRun bool   `help:"Only print what would change."`
	File   string `arg:"" help:"Site file." type:"path"`
}

// Run imports the file into the store. A running zhihui on the same store takes the change up within two seconds.
func (c siteApplyCommand) Run(w world) (err error) {
	site, err := configs.LoadSite(c.File)
	if err != nil {
		return err
	}
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	tell := patiently(w.err, time.Now)
	apply := func(ctx context.Context) (store.SiteDiff, error) {
		return s.ApplySiteTelling(ctx, site, "zhihui site apply", tell)
	}
	if c.DryRun {
		apply = func(ctx context.Context) (store.SiteDiff, error) { return s.PlanSite(ctx, site, tell) }
	}
	diff, err := apply(context.Background())
	if err != nil {
		return err
	}
	fmt.Fprintln(w.out, diff)
	return nil
}

// patiently writes a line a second on how far a long work is; one that is done within a second stays silent.
func patiently(out io.Writer, now func() time.Time) func(done, all int) {
	said := now()
	return func(done, all int) {
		if t := now(); t.Sub(said) >= time.Second {
			said = t
			fmt.Fprintf(out, "%d of %d\n", done, all)
		}
	}
}

func openStore(config string) (*store.Store, error) {
	cfg, err := configs.Load(config)
	if err != nil {
		return nil, err
	}
	return store.Open(cfg.Store, slog.New(slog.DiscardHandler))
}

func closing(s *store.Store, err *error) {
	if e := s.Close(); *err == nil {
		*err = e
	}
}
