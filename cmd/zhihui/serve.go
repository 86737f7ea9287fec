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
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return app.Run(ctx, version, cfg, logger(cfg.Log, w.err))
}

func logger(cfg configs.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == configs.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
