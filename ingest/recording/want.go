package recording

import "zhihui/models"

// want is what is to be done with a camera's units.
type want int

const (
	wantNothing want = iota
	wantRing         // keep the newest seconds
	wantFootage      // write everything
)

// wanted tells what is to be done with a camera's units: scheduled is whether its hours are on, clip whether one grows.
func wanted(c models.Camera, scheduled, clip bool) want {
	mode := c.Record.Mode
	if mode == models.RecordAuto && c.Analyse {
		mode = models.RecordEvents
	}
	switch {
	case c.Disabled:
		return wantNothing
	case mode == models.RecordAlways, mode == models.RecordHours && scheduled:
		return wantFootage
	case mode != models.RecordEvents && mode != models.RecordHours:
		return wantNothing
	case clip:
		return wantFootage
	}
	return wantRing
}
