package live

import (
	"context"
	"testing"
	"time"

	"zhihui/models"
)

// tape is a camera that a test plays by hand.
type tape struct {
	units  chan *models.AccessUnit
	closed chan struct{}
}

func newTape() *tape { return &tape{make(chan *models.AccessUnit), make(chan struct{})} }

func (c *tape) Next(ctx context.Context) (*models.AccessUnit, error) {
	select {
	case u, ok := <-c.units:
		if !ok {
			return nil, models.Errorf(models.Unavailable, "the tape is at its end")
		}
		return u, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *tape) Close() { close(c.closed) }

// play gives one unit to whoever reads the camera.
func (c *tape) play(t *testing.T, u *models.AccessUnit) {
	t.Helper()
	select {
	case c.units <- u:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody reads the camera")
	}
}
