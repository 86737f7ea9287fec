package recording

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"zhihui/models"
	"zhihui/models/mp4/mp4test"
)

func TestACameraThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(7 * time.Second)
		time.Sleep(10 * time.Second)
		require.Equal(t, models.RecordWaiting, s.State("gate"))
		s.gate.session, s.gate.pts = 2, 0
		s.gate.sent += 20 - s.gate.sent%20 // it begins with a key unit
		s.gate.play(7 * time.Second)
		s.end()
		require.Equal(t, 140, s.agrees(1))
		found := s.rows.find("gate", 0, 1<<60)
		require.Len(t, found, 2)
		require.Equal(t, 10*time.Second, found[1].From.Sub(found[0].To))
	})
}

func TestACameraWhosePicturesCannotBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		for range 100 {
			u := s.gate.unit(time.Now())
			u.NALUs = u.NALUs[len(u.NALUs)-1:] // without its parameter sets
			s.gate.mu.Lock()
			s.gate.units = append(s.gate.units, u)
			s.gate.mu.Unlock()
			time.Sleep(100 * time.Millisecond)
		}
		require.Equal(t, models.RecordWaiting, s.State("gate"), "not as if it were recorded")
	})
}

func TestACameraThatFallsSilentIsBroughtToAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(7 * time.Second)
		time.Sleep(2 * time.Minute)
		require.Empty(t, s.Open("gate"))
		require.Equal(t, 70, s.agrees(0))
	})
}

// setBy is a reading of our clock at t after it was set by so much: what it shows is otherwise, what has passed is not. Nothing in the
// standard library makes such a time, so this writes it as package time lays it out.
func setBy(t time.Time, by time.Duration) time.Time {
	const from1885 = 2682288000 // seconds until 1970
	shows := t.Add(by).Round(0)
	*(*struct {
		wall   uint64
		passed int64
	})(unsafe.Pointer(&shows)) = struct {
		wall   uint64
		passed int64
	}{1<<63 | uint64(shows.Unix()+from1885)<<30 | uint64(shows.Nanosecond()), t.UnixNano()}
	return shows
}

func TestOurClockIsSet(t *testing.T) {
	for name, by := range map[string]time.Duration{"ahead": time.Hour, "back": -time.Hour, "back a little": -20 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, models.Recording{Mode: models.RecordAlways})
				s.send(30)
				s.set.Store(int64(by))
				s.send(5)
				was := models.At(setBy(time.Now(), by))
				s.send(70)
				rows := s.Open("gate")
				require.Less(t, models.At(setBy(time.Now(), by)).Sub(rows[len(rows)-1].To).Abs(), 2*time.Second, "and stays with it")
				s.end()
				require.Len(t, s.rows.find("gate", was-1, was), map[string]int{"ahead": 1, "back": 1, "back a little": 2}[name], "footage is where our clock is, with the next key unit")
				units := 0
				for _, row := range s.rows.find("gate", 0, 1<<60) {
					units += row.Units
				}
				require.Equal(t, 1050, units)
			})
		})
	}
}

// TestACameraWhoseClockIsFast tells of 66 s in a minute: each file ends where the next begins.
func TestACameraWhoseClockIsFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		for range 200 {
			s.send(1)
			s.gate.pts += 100 * time.Millisecond
		}
		s.end()
		require.Equal(t, 2000, s.agrees(0))
		rows := s.rows.find("gate", 0, 1<<60)
		require.Less(t, models.At(time.Now()).Sub(rows[len(rows)-1].To).Abs(), 7*time.Second)
	})
}

func TestTheModeChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordEvents})
		record := func(mode models.RecordMode, schedule ...string) {
			s.Apply([]models.Camera{{ID: "gate", Area: "street", Record: models.Recording{Mode: mode, Schedule: schedule}}}, nil)
		}
		s.gate.play(15 * time.Second)
		record(models.RecordAlways)
		s.gate.play(15 * time.Second)
		record(models.RecordNever)
		s.gate.play(5 * time.Second)
		require.Equal(t, models.RecordOff, s.State("gate"))
		require.Empty(t, s.Open("gate"))
		units := s.agrees(0)
		require.Greater(t, units, 145)
		require.Less(t, units, 175)
		record(models.RecordHours, "00:00-00:02") // it is midnight, 1 January 2000
		s.gate.play(5 * time.Second)
		require.Equal(t, models.RecordRunning, s.State("gate"))
		s.gate.play(2 * time.Minute)
		require.Equal(t, models.RecordReady, s.State("gate"))
		rings, err := filepath.Glob(filepath.Join(s.dir, rings, "*", "*"))
		require.NoError(t, err)
		require.Len(t, rings, 1)
		s.Apply(nil, nil)
		time.Sleep(3 * time.Second)
		require.Nil(t, s.writers[0].tape("gate"), "it is gone, its footage is not")
		require.NoFileExists(t, rings[0])
		s.agrees(-1)
	})
}

// TestSoundThatIsNoMore: a file that names sound has some.
func TestSoundThatIsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		play := func(sounds bool) {
			for range 60 {
				u := s.gate.unit(time.Now())
				if sounds {
					u.Sound = []models.SoundFrame{{Codec: models.PCM, Rate: 8000, Channels: 1, PTS: u.PTS, Length: 100 * time.Millisecond, Payload: make([]byte, 1600)}}
				}
				s.gate.mu.Lock()
				s.gate.units = append(s.gate.units, u)
				s.gate.mu.Unlock()
				time.Sleep(100 * time.Millisecond)
			}
		}
		play(true)
		s.gate.session, s.gate.pts = 2, 0
		play(false)
		play(true)
		s.Apply([]models.Camera{{ID: "gate", Record: models.Recording{Mode: models.RecordAlways, Silent: true}}}, nil)
		play(true)
		s.end()
		require.Greater(t, s.agrees(-1), 200)
		var sounds []bool
		for _, row := range s.rows.find("gate", 0, 1<<60) {
			sounds = append(sounds, strings.Contains(row.MIME, ","))
		}
		require.Equal(t, []bool{true, false, true, false}, sounds)
	})
}

func TestACameraThatWasRemovedForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordAlways})
		s.gate.play(4 * time.Second)
		s.gate.mu.Lock()
		s.gate.ended = true
		s.gate.mu.Unlock()
		s.gate.play(4 * time.Second)
		s.end()
		require.Equal(t, 80, s.agrees(0), "it has another reader")
	})
}

func TestAClipOfASensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, models.Recording{Mode: models.RecordEvents})
		s.gate.play(15 * time.Second)
		e := opened("wet")
		e.Kind, e.SourceType, e.Source = models.SensorThreshold, models.FromSensor, "water"
		s.Event(e)
		dry := e
		dry.ID, dry.Source = "dry", "nobody-sees-it"
		s.Event(dry)
		s.gate.play(time.Second)
		require.Len(t, s.Open("gate"), 1)
		require.Len(t, s.rows.allClips(), 1)
		require.Equal(t, []string{"wet"}, s.rows.allClips()[0].Events)
	})
}

func TestARestartInTheMiddleOfAClip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		record := models.Recording{Mode: models.RecordEvents}
		s := newStage(t, record)
		s.gate.play(15 * time.Second)
		e := opened("e1")
		s.Event(e)
		s.gate.play(10 * time.Second)
		s.end()
		require.Zero(t, s.rows.allClips()[0].To, "it goes on")
		s.gate.Take(nil)
		time.Sleep(5 * time.Second)
		s.begin(record, e)
		s.gate.session, s.gate.pts = 2, 0
		s.gate.sent = 0
		s.gate.play(5 * time.Second)
		require.Equal(t, models.RecordRunning, s.State("gate"))
		e = closed(e)
		s.Event(e)
		s.gate.play(40 * time.Second)
		s.end()
		clips := s.rows.allClips()
		require.Len(t, clips, 1)
		require.Equal(t, e.ClosedAt.Add(20*time.Second), clips[0].To)
		s.agrees(1)
	})
}

// TestWhatIsWrittenPlays records a real film, with and without B-frames, with a clip out of a ring in the middle, and lets ffmpeg
// decode what was written: every picture is there, and nothing is said against it.
func TestWhatIsWrittenPlays(t *testing.T) {
	for _, c := range []struct {
		codec models.Codec
		more  []string
		mode  models.RecordMode
	}{
		{models.H264, nil, models.RecordAlways}, {models.H264, []string{"-bf", "2"}, models.RecordEvents}, {models.H265, nil, models.RecordEvents},
	} {
		film := mp4test.Footage(t, c.codec, "320x180", "40", c.more...)
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, models.Recording{Mode: c.mode})
			for i, u := range film {
				u.Camera, u.ReceivedAt = "gate", time.Now()
				s.gate.mu.Lock()
				s.gate.units = append(s.gate.units, u)
				s.gate.mu.Unlock()
				if i == 200 {
					s.Event(opened("e1"))
				}
				time.Sleep(100 * time.Millisecond)
			}
			s.end()
			units := s.agrees(0)
			if c.mode == models.RecordAlways {
				require.Equal(t, len(film), units)
			}
			for _, name := range s.files() {
				require.Equal(t, units, decoded(t, filepath.Join(s.dir, name)))
			}
		})
	}
}

// decoded counts the pictures that ffmpeg finds in a file, and fails where it complains.
func decoded(t *testing.T, file string) int {
	out, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", file).CombinedOutput()
	require.NoError(t, err, string(out))
	n, err := strconv.Atoi(strings.TrimSpace(strings.Trim(string(out), ",\n")))
	require.NoError(t, err, string(out))
	is, err := os.Stat(file)
	require.NoError(t, err)
	require.NotZero(t, is.Size())
	return n
}
