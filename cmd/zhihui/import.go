package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"zhihui/detect/rules"
	"zhihui/models"
	"zhihui/models/sheet"
	"zhihui/models/store"
)

// importFlags are how far an import, or its undoing, goes.
type importFlags struct {
	Config  string `help:"Settings file." default:"zhihui.yml" type:"path"`
	DryRun  bool   `help:"Only print what would change."`
	Partial bool   `help:"Leave out what has a fault; without it, a fault keeps everything as it is."`
}

func (f importFlags) how() store.ImportHow {
	return store.ImportHow{DryRun: f.DryRun, Partial: f.Partial}
}

type cameraImportCommand struct {
	importFlags
	File string `arg:"" help:"Sheet of cameras, .csv or .xlsx; its first row names the columns." type:"path"`
}

// Run imports the sheet into the store. A running zhihui on the same store takes the change up within two seconds.
func (c cameraImportCommand) Run(w world) error {
	return importSheet(w, c.importFlags, c.File, sheet.ReadCameras, func(v store.Scope, edits []models.Edit[models.Camera]) (models.Import, error) {
		return v.ImportCameras(context.Background(), edits, whoRuns(), c.how())
	})
}

// sensorCommands are the verbs about sensors.
type sensorCommands struct {
	Import  sensorImportCommand `cmd:"" help:"Add and change many sensors by a sheet; what it does not name stays."`
	Undo    undoCommand         `cmd:"" help:"Make the sensors of an import what they were before it."`
	Imports importsCommand      `cmd:"" help:"List the imports that can be undone."`
}

type sensorImportCommand struct {
	importFlags
	File string `arg:"" help:"Sheet of sensors, .csv or .xlsx; its first row names the columns." type:"path"`
}

// Run imports the sheet into the store, as that of cameras.
func (c sensorImportCommand) Run(w world) error {
	check := func(all []models.Rule) error { return rules.CheckAll(all, nil, true) }
	return importSheet(w, c.importFlags, c.File, sheet.ReadSensors, func(v store.Scope, edits []models.Edit[models.Sensor]) (models.Import, error) {
		return v.ImportSensors(context.Background(), edits, whoRuns(), c.how(), check)
	})
}

func importSheet[T any](w world, f importFlags, name string, read func([]byte) (sheet.Sheet[T], error), put func(store.Scope, []models.Edit[T]) (models.Import, error)) (err error) {
	data, err := readBounded(name)
	if err != nil {
		return err
	}
	rows, err := read(data)
	if err != nil {
		return err
	}
	s, err := openStore(f.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	done, err := put(s.In(store.Whole), rows.Edits)
	if err != nil {
		return err
	}
	rows.Locate(done.Faults)
	return f.report(w.out, done)
}

func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, sheet.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the sheet: %w", err)
	}
	return data, nil
}

type undoCommand struct {
	importFlags
	ID string `arg:"" help:"What the import printed."`
}

// Run takes an import back, and can be taken back itself.
func (c undoCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	done, err := s.In(store.Whole).UndoImport(context.Background(), c.ID, whoRuns(), c.how())
	if err != nil {
		return err
	}
	return c.report(w.out, done)
}

// importsCommand lists imports of cameras and sensors alike: an id says which it is.
type importsCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run prints a line an import that can be undone, the newest first.
func (c importsCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	all, err := s.In(store.Whole).PastImports(context.Background(), "")
	if err != nil {
		return err
	}
	for _, p := range all {
		what := string(p.Kind) + "s"
		if p.Undoes != "" {
			what += ", undoes " + p.Undoes
		}
		fmt.Fprintf(w.out, "%s  %s  %s: %d added, %d changed, %d removed (%s)\n",
			p.ID, p.At.Std().Local().Format(time.DateTime), p.By, p.Added, p.Changed, p.Removed, what)
	}
	return nil
}

// report prints a line a thing that was changed, or would be, then what is wrong, and last how to undo it.
func (f importFlags) report(out io.Writer, done models.Import) error {
	refused := len(done.Faults) > 0 && !f.Partial
	if !refused || f.DryRun {
		for _, part := range []struct {
			sign string
			ids  []string
		}{{"+", done.Added}, {"~", done.Changed}, {"-", done.Removed}} {
			for _, id := range part.ids {
				fmt.Fprintln(out, part.sign, done.Kind, id)
			}
		}
	}
	for _, fault := range done.Faults {
		fmt.Fprintln(out, fault)
	}
	fmt.Fprintf(out, "%d added, %d changed, %d removed, %d unchanged, %d faults", len(done.Added), len(done.Changed), len(done.Removed), done.Unchanged, len(done.Faults))
	switch {
	case f.DryRun:
		fmt.Fprintln(out, ": a dry run, nothing was done")
	case refused:
		fmt.Fprintln(out, ": nothing was done; mend the faults, or leave them out with --partial")
	case done.ID == "":
		fmt.Fprintln(out, ": nothing differs")
	default:
		fmt.Fprintf(out, "\nundo: zhihui %s undo --config %s %s\n", done.Kind, f.Config, done.ID)
	}
	if refused {
		return errSaid
	}
	return nil
}
