package main

import (
	"context"
	"fmt"
	"io"
	"os"

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
func (c cameraImportCommand) Run(w world) (err error) {
	cameras, err := readSheet(c.File)
	if err != nil {
		return err
	}
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	done, err := s.In(store.Whole).ImportCameras(context.Background(), cameras.Edits, whoRuns(), c.how())
	if err != nil {
		return err
	}
	cameras.Locate(done.Faults)
	return c.report(w.out, done)
}

func readSheet(name string) (sheet.Cameras, error) {
	f, err := os.Open(name)
	if err != nil {
		return sheet.Cameras{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, sheet.MaxBytes+1))
	if err != nil {
		return sheet.Cameras{}, fmt.Errorf("read the sheet: %w", err)
	}
	return sheet.ReadCameras(data)
}

type cameraUndoCommand struct {
	importFlags
	ID string `arg:"" help:"What the import printed."`
}

// Run takes an import back, and can be taken back itself.
func (c cameraUndoCommand) Run(w world) (err error) {
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

// report prints a line a camera that was changed, or would be, then what is wrong, and last how to undo it.
func (f importFlags) report(out io.Writer, done models.CameraImport) error {
	refused := len(done.Faults) > 0 && !f.Partial
	if !refused || f.DryRun {
		for _, part := range []struct {
			sign    string
			cameras []string
		}{{"+", done.Added}, {"~", done.Changed}, {"-", done.Removed}} {
			for _, id := range part.cameras {
				fmt.Fprintln(out, part.sign, "camera", id)
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
		fmt.Fprintf(out, "\nundo: zhihui camera undo --config %s %s\n", f.Config, done.ID)
	}
	if refused {
		return errSaid
	}
	return nil
}
