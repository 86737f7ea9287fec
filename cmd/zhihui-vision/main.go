//go:build cgo

// zhihui-vision is the pixel worker of Zhihui: it decodes cameras' units, looks for motion, people and vehicles, and
// draws snapshots, for the one client that speaks detect/visionpb. zhihui starts it, restarts it and speaks over its unix
// socket; with --listen it serves a zhihui on another machine, and whoever started it has to restart it.
package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
	"google.golang.org/grpc"

	"zhihui/detect/vision"
	"zhihui/detect/visionpb"
	"zhihui/models"
)

type flags struct {
	Socket      string `xor:"at" required:"" help:"Unix socket to listen on; one that lies there is replaced."`
	Listen      string `xor:"at" required:"" help:"host:port to listen on, for a zhihui on another machine; beyond this machine only with the three --tls flags."`
	TLSCert     string `name:"tls-cert" help:"PEM file of the certificate that zhihui is shown. New files are taken up without a restart."`
	TLSKey      string `name:"tls-key" help:"PEM file of its key."`
	TLSCA       string `name:"tls-ca" help:"PEM file of who signs zhihui's certificate."`
	Blackbox    string `help:"File of the page that says which camera's unit is being looked at; needed with --socket."`
	Onnxruntime string `help:"ONNX Runtime's library file; without it no people and vehicles are found." env:"ZHIHUI_ONNXRUNTIME"`
	Networks    string `help:"Folder of networks with their manifests." env:"ZHIHUI_NETWORKS"`
}

func main() {
	var f flags
	kong.Parse(&f, kong.Name("zhihui-vision"), kong.Description("Looks at pictures for zhihui, which starts it."))
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, f, log); err != nil {
		log.Error("zhihui-vision ends", "error", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. The socket appears when everything is loaded.
func run(ctx context.Context, f flags, log *slog.Logger) error {
	if err := f.validate(); err != nil {
		return err
	}
	if f.Blackbox == "" {
		dir, err := os.MkdirTemp("", "zhihui-vision-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		f.Blackbox = filepath.Join(dir, "box")
	}
	worker, err := vision.New(vision.Config{BlackBox: f.Blackbox, OnnxRuntime: f.Onnxruntime, Networks: f.Networks, Agent: "zhihui-vision"}, log)
	if err != nil {
		return err
	}
	defer worker.Close()
	options, err := f.secured(log)
	if err != nil {
		return err
	}
	listener, err := f.listen(log)
	if err != nil {
		return err
	}
	server := grpc.NewServer(append(options, grpc.MaxRecvMsgSize(visionpb.MaxMessage), grpc.MaxSendMsgSize(visionpb.MaxMessage), grpc.WaitForHandlers(true))...)
	visionpb.RegisterVisionServer(server, worker)
	ended := context.AfterFunc(ctx, server.Stop)
	defer ended()
	return server.Serve(listener)
}

// clear removes a socket that an earlier worker left, and nothing else.
func clear(socket string) error {
	at, err := os.Lstat(socket)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case at.Mode().Type() != fs.ModeSocket:
		return models.FieldError("socket", "%s is there and is no socket: name another path", socket)
	}
	return os.Remove(socket)
}
