package recording

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// alarmBed is an Alarm beside a disk and a bus that the test breaks.
type alarmBed struct {
	*Alarm
	fault  Fault
	area   string
	refuse error
	sent   []models.Event
}

func newAlarmBed(open ...models.Event) *alarmBed {
	b := &alarmBed{area: "town"}
	b.Alarm = NewAlarm(AlarmDeps{
		Fault: func() Fault { return b.fault }, Area: func(context.Context) (string, error) { return b.area, nil },
		Publish: func(_ context.Context, e models.Event) error {
			if b.refuse == nil {
				b.sent = append(b.sent, e)
			}
			return b.refuse
		}, Now: time.Now, Log: slog.New(slog.DiscardHandler), English: true,
	}, open)
	return b
}

// run lets seconds go by.
func (b *alarmBed) run(seconds int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	_ = b.Run(ctx) // ends with ctx
}

func TestEventOfADiskThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newAlarmBed()
		b.run(60)
		require.Empty(t, b.sent, "all is well")
		opened := models.At(time.Now())
		b.fault = Fault{Code: models.RecordingSlow}
		b.run(3)
		b.fault = Fault{Code: models.RecordingFull}
		b.run(3)
		b.fault = Fault{}
		b.run(20)
		b.fault = Fault{Code: models.RecordingFull}
		b.run(3)
		b.fault = Fault{}
		well := models.At(time.Now())
		b.run(40)
		require.Len(t, b.sent, 3, "a disk that comes and goes is one event")
		first, graver, last := b.sent[0], b.sent[1], b.sent[2]
		require.Equal(t, models.Event{ID: first.ID, Kind: models.RecordingFailed, Severity: models.Yellow, State: models.EventOpen, Area: "town",
			Source: "recording", SourceType: models.FromHall, Rule: "recording_failed", Why: "the disk for footage is slow, pictures may be lost",
			Facts: models.Facts{Reason: "recording_slow"}, OpenedAt: opened, UpdatedAt: opened, CapturedAt: opened, Revision: 1}, first)
		require.Equal(t, []any{first.ID, models.Orange, "recording_full", int64(2), models.EventOpen},
			[]any{graver.ID, graver.Severity, graver.Facts.Reason, graver.Revision, graver.State})
		require.Equal(t, []any{first.ID, int64(3), models.EventClosed, well}, []any{last.ID, last.Revision, last.State, last.ClosedAt})
		require.Equal(t, well.Sub(opened).Milliseconds(), last.Facts.ForMs)
		b.run(60)
		require.Len(t, b.sent, 3)
	})
}

func TestEventOfADiskWaitsForTheBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newAlarmBed()
		b.refuse, b.fault = errors.New("no broker"), Fault{Code: models.RecordingAway}
		b.run(5)
		b.fault = Fault{}
		b.run(60)
		b.refuse = nil
		b.run(90)
		require.Len(t, b.sent, 2, "its opening is not lost, though the disk is back")
		require.Equal(t, []models.EventState{models.EventOpen, models.EventClosed}, []models.EventState{b.sent[0].State, b.sent[1].State})
	})
}

func TestEventOfADiskWaitsForASite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newAlarmBed()
		b.area, b.fault = "", Fault{Code: models.RecordingAway}
		b.run(5)
		require.Empty(t, b.sent)
		b.area = "town"
		b.run(2)
		require.Len(t, b.sent, 1)
	})
}

func TestEventOfADiskGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := models.Event{ID: "e", Kind: models.RecordingFailed, SourceType: models.FromHall, State: models.EventOpen, Severity: models.Orange,
			OpenedAt: models.At(time.Now().Add(-time.Hour)), Revision: 9, Facts: models.Facts{Reason: "recording_away"}}
		b := newAlarmBed(models.Event{ID: "other", Kind: models.Crowd, SourceType: models.FromCamera}, open)
		b.run(20)
		require.Empty(t, b.sent)
		b.run(20)
		require.Len(t, b.sent, 1)
		require.Equal(t, []any{"e", int64(10), models.EventClosed}, []any{b.sent[0].ID, b.sent[0].Revision, b.sent[0].State})
	})
}

func TestEventOfADiskTellsHowLongItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newAlarmBed()
		b.fault = Fault{Code: models.RecordingRefuses}
		b.run(125)
		require.Len(t, b.sent, 3)
		require.EqualValues(t, 120_000, b.sent[2].Facts.ForMs)
	})
}
