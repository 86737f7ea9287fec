package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhihui/models"
)

// PruneSnapshots removes the pictures of days that ended before an instant, then the oldest until all together have bytes at
// most.
func (s *Store) PruneSnapshots(ctx context.Context, before models.Time, bytes int64) error {
	days, err := os.ReadDir(s.snapshots()) // by name, so by day
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	var kept []picture
	var total int64
	for _, d := range days {
		if err := ctx.Err(); err != nil {
			return err
		}
		dir := filepath.Join(s.snapshots(), d.Name())
		if begun, err := time.Parse(time.DateOnly, d.Name()); err == nil && models.At(begun.Add(day)) <= before {
			if err := os.RemoveAll(dir); err != nil {
				return fmt.Errorf("remove old snapshots: %w", err)
			}
			continue
		}
		files, err := pictures(dir)
		if err != nil {
			return err
		}
		for _, p := range files {
			total += p.size
		}
		kept = append(kept, files...)
	}
	for _, p := range kept {
		if total <= bytes {
			break
		}
		if err := os.Remove(p.file); err != nil {
			return fmt.Errorf("remove an old snapshot: %w", err)
		}
		total -= p.size
	}
	return nil
}

type picture struct {
	file string
	size int64
}

// pictures lists the files of one day by name, so by time; a half-written one, too.
func pictures(dir string) ([]picture, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	files := make([]picture, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed meanwhile: the next round sees it
		}
		if err != nil {
			return nil, fmt.Errorf("list the snapshots: %w", err)
		}
		files = append(files, picture{filepath.Join(dir, e.Name()), info.Size()})
	}
	return files, nil
}
