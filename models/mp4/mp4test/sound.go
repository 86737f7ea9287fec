package mp4test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

// Sound is a tone in that coding, as a camera sends it beside its pictures, one channel. It needs ffmpeg with the encoder.
func Sound(t testing.TB, codec models.SoundCodec, length time.Duration) []models.SoundFrame {
	t.Helper()
	rate, each := 16000, 1024 // samples a second and a frame
	var setup []byte
	encoder := []string{"-c:a", "aac"}
	switch codec {
	case models.AAC:
		var err error
		setup, err = mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectTypeAACLC, SampleRate: rate, ChannelCount: 1}.Marshal()
		require.NoError(t, err)
	case models.Opus:
		rate, each, encoder = 48000, 960, []string{"-c:a", "libopus"}
	case models.PCM:
		rate, each, encoder = 8000, 160, []string{"-c:a", "pcm_s16le"}
	}
	file := filepath.Join(t.TempDir(), "sound.mkv")
	tone := "sine=frequency=440:sample_rate=" + strconv.Itoa(rate)
	encode(t, append(append([]string{"-v", "error", "-f", "lavfi", "-i", tone, "-t", strconv.FormatFloat(length.Seconds(), 'f', 3, 64), "-ac", "1"}, encoder...), file)...)
	all := Run(t, "ffmpeg", "-v", "error", "-i", file, "-c", "copy", "-f", "data", "-map", "0:a", "-")
	if codec == models.PCM {
		return frames(models.SoundFrame{Codec: codec, Rate: rate, Channels: 1}, each, all, nil)
	}
	sizes := strings.Fields(string(Run(t, "ffprobe", "-v", "error", "-show_entries", "packet=size", "-of", "csv=p=0", file)))
	return frames(models.SoundFrame{Codec: codec, Setup: setup, Rate: rate, Channels: 1}, each, all, sizes)
}

// frames cuts all into frames like f, of those sizes, or of two bytes a sample.
func frames(f models.SoundFrame, each int, all []byte, sizes []string) []models.SoundFrame {
	var cut []models.SoundFrame
	for i := 0; len(all) > 0; i++ {
		size := 2 * each
		if sizes != nil {
			size, _ = strconv.Atoi(strings.TrimRight(sizes[i], ",")) // ffprobe's own number
		}
		size = min(size, len(all))
		f.PTS = time.Duration(i*each) * time.Second / time.Duration(f.Rate)
		f.Length = time.Duration(each) * time.Second / time.Duration(f.Rate)
		f.Payload, all = all[:size], all[size:]
		cut = append(cut, f)
	}
	return cut
}

// Hear gives the units the sound that was heard before each.
func Hear(units []*models.AccessUnit, sound []models.SoundFrame) []*models.AccessUnit {
	for _, u := range units {
		for len(sound) > 0 && sound[0].PTS < u.PTS {
			u.Sound, sound = append(u.Sound, sound[0]), sound[1:]
		}
	}
	return units
}
