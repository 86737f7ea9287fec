package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"zhihui/configs"
	"zhihui/ingest/recording"
	"zhihui/models"
	"zhihui/models/store"
)

type recordingCommands struct {
	Status recordingStatusCommand `cmd:"" help:"Say whose the folder of the recordings is, how much room it has, and what there is of each camera."`
	Adopt  recordingAdoptCommand  `cmd:"" help:"Record into the folder that recording.dir names from now on: a new disk, or one whose files are known to be this hall's."`
}

type recordingStatusCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run tells of the folder and of what is in the index; it fails when the folder cannot be recorded into.
func (c recordingStatusCommand) Run(w world) (err error) {
	cfg, s, err := openRecordings(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	ctx := context.Background()
	f, err := recording.Look(ctx, cfg.Recording, cfg.Store.Dir, s)
	if err != nil {
		return err
	}
	of, err := s.Recorded(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(w.out, roomSaid(f))
	if err := c.list(w, of); err != nil {
		return err
	}
	return f.Fault
}

func roomSaid(f recording.Folder) string {
	switch {
	case f.Room.Total == 0 && f.Fault == nil:
		return f.Dir + " is not there yet: the hall makes it when it starts"
	case f.Room.Total == 0: // the fault says why
		return f.Dir + ": nothing is known of its room"
	}
	return fmt.Sprintf("%s: %.1f GB of %.1f GB are free; with less than %.1f GB the oldest footage is deleted", f.Dir, gb(f.Room.Free), gb(f.Room.Total), gb(f.Room.Floor))
}

func (recordingStatusCommand) list(w world, of map[string]store.Footage) error {
	var all store.Footage
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CAMERA\tSINCE\tGB\tHELD OR IN CLIPS")
	for _, camera := range slices.Sorted(maps.Keys(of)) {
		f := of[camera]
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\n", camera, since(f.Oldest), gb(f.Bytes), gb(f.Bytes-f.Loose))
		all.Bytes, all.Loose = all.Bytes+f.Bytes, all.Loose+f.Loose
		if all.Oldest == 0 || f.Oldest < all.Oldest {
			all.Oldest = f.Oldest
		}
	}
	fmt.Fprintf(t, "%d cameras\t%s\t%.2f\t%.2f\n", len(of), since(all.Oldest), gb(all.Bytes), gb(all.Bytes-all.Loose))
	return t.Flush()
}

func since(t models.Time) string { return cmp.Or(t.String(), "-") }

func gb(n int64) float64 { return float64(n) / 1e9 }

type recordingAdoptCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Force  bool   `help:"Take a folder that belongs to another hall, too: what lies in it is indexed, and deleted when it is old."`
}

// Run marks the folder. A running hall sees that within a second and goes on.
func (c recordingAdoptCommand) Run(w world) (err error) {
	cfg, s, err := openRecordings(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	dir := cfg.Recording.Folder(cfg.Store.Dir)
	if err := recording.Adopt(context.Background(), dir, s, whoRuns(), c.Force, models.At(time.Now())); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s is this hall's. What the index names and is not in it is forgotten, what is in it and unknown is indexed.\n", dir)
	return nil
}

// openRecordings opens the store of the settings, beside a running hall or without one.
func openRecordings(file string) (cfg configs.Config, s *store.Store, err error) {
	if cfg, err = configs.Load(file); err != nil {
		return cfg, nil, err
	}
	s, err = openStore(file)
	return cfg, s, err
}
