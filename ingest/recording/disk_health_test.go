package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhihui/models"
)

func TestWhichFaultAnErrorIs(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want models.CheckCode
	}{
		"none":          {nil, ""},
		"not there":     {&fs.PathError{Op: "open", Err: syscall.ENOENT}, ""},
		"there already": {&fs.PathError{Op: "mkdir", Err: syscall.EEXIST}, ""},
		"not empty":     {&fs.PathError{Op: "remove", Err: syscall.ENOTEMPTY}, ""},
		"no room":       {fmt.Errorf("write: %w", syscall.ENOSPC), models.RecordingFull},
		"no quota":      {syscall.EDQUOT, models.RecordingFull},
		"read-only":     {&fs.PathError{Op: "open", Err: syscall.EROFS}, models.RecordingReadOnly},
		"not ours":      {syscall.EACCES, models.RecordingReadOnly},
		"immutable":     {syscall.EPERM, models.RecordingReadOnly},
		"broken":        {syscall.EIO, models.RecordingRefuses},
		"a network's":   {syscall.ESTALE, models.RecordingRefuses},
		"anything else": {errors.New("meteor"), models.RecordingRefuses},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, faultOf(c.err)) })
	}
}

func TestDiskBeforeItsFirstLook(t *testing.T) {
	var h diskHealth
	require.Equal(t, models.Unavailable, models.CodeOf(h.refusal()))
	require.Zero(t, h.told(time.Now()), "nothing is wrong, as far as anybody knows")
	h.found(h.looks(), time.Now())
	require.NoError(t, h.refusal())
}

func TestDiskThatHangs(t *testing.T) {
	var h diskHealth
	now := time.Unix(1_000_000, 0)
	h.found(h.looks(), now)
	op := h.begin(now)
	require.Zero(t, h.told(now.Add(slowFrom-time.Millisecond)))
	now = now.Add(5 * time.Second)
	require.Equal(t, Fault{Code: models.RecordingSlow, Since: models.At(now.Add(-5 * time.Second)), Took: 5 * time.Second}, h.told(now))
	require.NoError(t, h.refusal(), "it goes on")
	h.end(op, now.Add(time.Second), nil)
	require.Equal(t, 6*time.Second, h.told(now.Add(slowFor)).Took, "who looks a little later hears of it, too")
	require.Zero(t, h.told(now.Add(slowFor+2*time.Second)))
}

// TestDiskHealth: by whatever looks and operations, the disk is ready exactly when no fault is known that a later look has not
// found mended; a look never mends what failed after it began.
func TestDiskHealth(t *testing.T) {
	errs := []error{nil, fs.ErrNotExist, syscall.ENOSPC, syscall.EROFS, syscall.EIO}
	codes := []models.CheckCode{"", "", models.RecordingAway, models.RecordingFull}
	rapid.Check(t, func(t *rapid.T) {
		var h diskHealth
		now := time.Unix(1_000_000, 0)
		looks, ops := map[int]look{}, map[uint64]bool{}
		var bad, seen bool         // the model: a fault is known; a look has been
		var begun = map[int]bool{} // looks during which nothing has failed
		var since models.Time
		n := 0
		become := func(is bool) {
			if is && !bad {
				since = models.At(now)
			}
			bad = is
		}
		t.Repeat(map[string]func(*rapid.T){
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "ms")) * time.Millisecond)
			},
			"begin": func(*rapid.T) { ops[h.begin(now)] = true },
			"end": func(t *rapid.T) {
				for op := range ops {
					err := rapid.SampledFrom(errs).Draw(t, "err")
					h.end(op, now, err)
					delete(ops, op)
					if faultOf(err) != "" {
						become(true)
						clear(begun)
					}
					return
				}
				t.Skip("nothing runs")
			},
			"look": func(*rapid.T) { n++; looks[n], begun[n] = h.looks(), true },
			"found": func(t *rapid.T) {
				for i, l := range looks {
					l.code = rapid.SampledFrom(codes).Draw(t, "code")
					h.found(l, now)
					seen = true
					if l.code != "" {
						become(true)
					} else if begun[i] {
						become(false)
					}
					delete(looks, i)
					return
				}
				t.Skip("nobody looks")
			},
			"": func(t *rapid.T) {
				require.Equal(t, seen && !bad, h.refusal() == nil)
				f := h.told(now)
				require.Equal(t, bad, f.Code != "" && f.Code != models.RecordingSlow)
				if bad {
					require.Equal(t, since, f.Since)
				}
			},
		})
	})
}
