// Command sitesim is a simulated site: RTSP cameras that replay real footage and MQTT sensors that follow curves, with a
// script of what happens when (see Script, and configs/demo/sim.yml for one that tells a story). A camera can encode and
// misbehave in many ways (see Encoding and Mode).
//
// It numbers what it sends, so that a test can tell what was lost: each access unit carries its number in an SEI message
// (see seiUUID), and the report says how many each camera has sent (see camera for what counts as sent).
//
// script.go is what can be written (with encoding.go, mode.go, look.go, curve.go), check.go what is wrong with it. clip.go and
// convert.go make H.264 or H.265 of footage once, annexb.go reads it, reel.go makes a scene of it. site.go puts the parts
// together, director.go turns the pages of the script. A camera (camera.go) hands units to pack.go and link.go; server.go,
// port.go and rtsp.go are how it is called; faults.go is how connections misbehave, unsound.go what is wrong with pictures that
// come. sensor.go publishes readings; onvif*.go is the recorder that all cameras hang on; alarm.go keeps
// what they report by themselves, metadata.go sends it beside their pictures, as sound.go does what their microphones hear (tape.go).
package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Run     runCmd     `cmd:"" help:"Play a script until it is told to stop."`
	Prepare prepareCmd `cmd:"" help:"Convert a script's clips for the cache, and say where each camera's lies."`
	Story   storyCmd   `cmd:"" help:"Tell what happens in a script, and when."`
}

// clipFlags are what both commands need to find and convert clips.
type clipFlags struct {
	Script  string   `required:"" type:"path" placeholder:"FILE" help:"Script of the site (YAML)."`
	Cache   string   `type:"path" placeholder:"DIR" help:"Folder of converted clips. Default: zhihui/clips in the user's cache folder."`
	Footage []string `type:"path" placeholder:"DIR" help:"Folder in which clips are looked for first. May be repeated."`
}

func (f clipFlags) prepare(ctx context.Context) (*Script, []shots, error) {
	script, err := LoadScript(f.Script)
	if err != nil {
		return nil, nil, err
	}
	cache := f.Cache
	if cache == "" {
		home, err := os.UserCacheDir()
		if err != nil {
			return nil, nil, fmt.Errorf("name a folder by --cache: %w", err)
		}
		cache = filepath.Join(home, "zhihui", "clips")
	}
	s := studio{cache: cache, folders: footageFolders(f.Footage), out: os.Stderr}
	all, err := s.prepare(ctx, script.Cameras)
	return script, all, err
}

type prepareCmd struct {
	clipFlags
}

// Run prints a line a camera: its id and its usual clip in the cache.
func (c prepareCmd) Run(ctx context.Context) error {
	script, all, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	for i, s := range all {
		if _, err := fmt.Println(script.Cameras[i].ID, s[usual][take{}].cached); err != nil {
			return err
		}
	}
	return nil
}

type runCmd struct {
	clipFlags
	Report string        `type:"path" placeholder:"FILE" help:"Write what was sent to this file, every second and at the end (JSON)."`
	Seed   uint64        `help:"Seed of everything that chance decides, instead of the script's."`
	At     time.Duration `placeholder:"2m" help:"Begin at this point of the loop."`
	For    time.Duration `placeholder:"90s" help:"End by itself after this time, counted from when the cameras listen."`
}

// Run ends without an error when it is told to stop or its time is over.
func (c runCmd) Run(ctx context.Context) error {
	script, all, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	script.Seed = cmp.Or(c.Seed, script.Seed)
	site, err := newSite(script, all, time.Now().Add(-c.At%script.Loop.Std()), slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	if err := site.listen(); err != nil {
		return err
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	return site.run(ctx, c.Report)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed := kong.Parse(&cli{}, kong.Name("sitesim"), kong.Description("A simulated site: cameras over RTSP, sensors over MQTT."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	parsed.FatalIfErrorf(parsed.Run())
}
