package main

import (
	"context"
	"io"
	"log/slog"
	"os/signal"
	"syscall"

	"zhihui/cmd/internal/app"
	"zhihui/configs"
)

type serveCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run serves until a signal asks it to stop, then stops within app.StopLimit.
func (c serveCommand) Run(w world) error {
	cfg, err := configs.Load(c.Config)
	if err != nil {
		return err
	}
	log := logger(cfg.Log, w.err)
	if err := keepMemoryPrivate(); err != nil {
		log.Warn("zhihui: other programs of this account can read our memory, with the cameras' passwords in it", "error", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return app.Run(ctx, version, cfg, log)
}

// keepMemoryPrivate tells the kernel to write no core of this process, and to let no other process of the same account look into
// it: a hostile picture may take over a pixel worker, and here the cameras' passwords stand in memory.
func keepMemoryPrivate() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_DUMPABLE, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func logger(cfg configs.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == configs.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
