// Command bench measures Zhihui, and its peers beside it, on the same simulated cameras in the same run.
//
// Nothing is counted by the product alone: what was sent comes from the simulator's report, processor time and memory from
// the operating system's accounting of each process, what was found from the API as a person would read it. The real
// binaries of bin/ run, on free ports and in a temporary folder; nothing of it stays.
//
// Each benchmark has a file of its name. They share the bed that a load lies in (bed.go, load.go, script.go), the processes in
// it (process.go, simulate.go, open.go), what those are asked (hall.go, watch.go, report.go) and how it is counted
// (accounting.go, window.go, balance.go, occurrence.go, flat.go).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"
)

type cli struct {
	JSON bool   `name:"json" help:"Print one JSON object a line and nothing else; without it, a table."`
	Bin  string `type:"path" placeholder:"DIR" help:"Folder of zhihui, zhihui-vision and sitesim. Default: bin of this repository."`

	Ingest    ingestCmd    `cmd:"" help:"The reference load: what is lost, what it costs, what is found; beside bare gortsplib clients."`
	Analysis  analysisCmd  `cmd:"" help:"What looking at a camera costs, beside motion and ffmpeg."`
	Reconnect reconnectCmd `cmd:"" help:"How soon a dead camera is noticed and one that returns is live, and what the others lose."`
	Relay     relayCmd     `cmd:"" help:"What pulling cameras costs, beside go2rtc."`
	Scale     scaleCmd     `cmd:"" help:"What a camera costs, with few and with many; beside bare gortsplib clients."`
	Growth    growthCmd    `cmd:"" help:"A whole district in the store: how soon it starts, how quick its pages are."`
	Recall    recallCmd    `cmd:"" help:"The gate: every event that is found without it is found with it."`
	Record    recordCmd    `cmd:"" help:"What recording costs, whether all of it is there, how soon it is seen; beside one ffmpeg a camera."`
	Sensors   sensorsCmd   `cmd:"" help:"How many readings a second go from MQTT to the disk, and whether each is there."`
	Plain     plainCmd     `cmd:"" hidden:"" help:"Bare gortsplib clients, for ingest."`
}

// bench is what all benchmarks share.
type bench struct {
	ctx  context.Context // ends with Ctrl-C
	root string          // folder of the repository
	bin  string          // folder of the product's binaries
	json bool
	out  io.Writer // results
	err  io.Writer // what goes on
}

// note tells the person at the terminal what goes on.
func (b *bench) note(format string, args ...any) { fmt.Fprintf(b.err, "bench: "+format+"\n", args...) }

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run returns the exit code: 0, 1 for a failure, 2 for arguments that are no command, 3 for a part that is missing.
func run(args []string, out, log io.Writer) int {
	runtime.LockOSThread() // what is started here ends with the thread that started it, see start
	defer runtime.UnlockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{ctx: ctx, out: out, err: log}
	if err := b.command(args); err != nil {
		var without missing
		var wrong *kong.ParseError
		switch {
		case errors.As(err, &wrong):
			b.note("%v", err)
			return 2
		case errors.As(err, &without):
			b.note("%v", without)
			return 3
		case ctx.Err() != nil:
			b.note("interrupted; everything is ended and removed")
		default:
			b.note("%v", err)
		}
		return 1
	}
	return 0
}

func (b *bench) command(args []string) (err error) {
	var c cli
	exit := false
	parser, err := kong.New(&c, kong.Name("bench"), kong.Description("Measures Zhihui beside its peers on the same streams."),
		kong.Writers(b.out, b.err), kong.Exit(func(int) { exit = true }))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	switch {
	case exit:
		return nil
	case err != nil:
		return err
	}
	if b.root, err = repository(); err != nil {
		return err
	}
	b.json, b.bin = c.JSON, c.Bin
	if b.bin == "" {
		b.bin = b.root + "/bin"
	}
	return parsed.Run(b)
}
