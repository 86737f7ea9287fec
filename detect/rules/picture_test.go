package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestWhatAPictureTellsOfItsCamera(t *testing.T) {
	usual := models.PictureVital{At: 1, Luma: 110, Contrast: 45, Sharpness: 1, Learnt: true}
	but := func(edit func(*models.PictureVital)) models.PictureVital {
		v := usual
		edit(&v)
		return v
	}
	black := but(func(v *models.PictureVital) { v.Luma, v.Contrast, v.Covered = 3, 2, 1 })
	lamp := but(func(v *models.PictureVital) { v.Luma, v.Contrast = 8, 25 })
	blue := but(func(v *models.PictureVital) { v.Luma, v.Contrast, v.Covered = 40, 0.5, 1 })
	hand := but(func(v *models.PictureVital) { v.Covered, v.Shift = 0.8, 1 })
	partly := but(func(v *models.PictureVital) { v.Covered = 0.3 })
	soft := but(func(v *models.PictureVital) { v.Sharpness, v.Shift = 0.3, 1 })
	mist := but(func(v *models.PictureVital) { v.Sharpness = 0.75 })
	turned := but(func(v *models.PictureVital) { v.Shift = 1 })
	nudged := but(func(v *models.PictureVital) { v.Shift = 0.05 })
	trembles := but(func(v *models.PictureVital) { v.Shift = 0.025 })
	unlearnt := but(func(v *models.PictureVital) { v.Learnt, v.Shift, v.Covered, v.Sharpness = false, 1, 1, 0 })
	for _, c := range []struct {
		name string
		kind models.EventKind
		p    models.PictureVital
		held bool
		want Reason
	}{
		{"black", models.CameraBlack, black, false, Black},
		{"black, of which nothing is known", models.CameraBlack, models.PictureVital{At: 1, Luma: 2}, false, Black},
		{"a lamp at night", models.CameraBlack, lamp, false, Sound},
		{"one colour", models.CameraBlack, blue, false, Flat},
		{"not quite black any more", models.CameraBlack, models.PictureVital{At: 1, Luma: 18, Contrast: 13}, true, Black},
		{"light", models.CameraBlack, usual, true, Sound},
		{"no picture yet", models.CameraBlack, models.PictureVital{}, true, CannotTell},
		{"covered", models.CameraCovered, hand, false, Covered},
		{"covered by darkness", models.CameraCovered, black, false, CannotTell},
		{"partly covered", models.CameraCovered, partly, false, Sound},
		{"partly covered still", models.CameraCovered, partly, true, Covered},
		{"uncovered", models.CameraCovered, usual, true, Sound},
		{"covered, but what is usual is not known", models.CameraCovered, unlearnt, false, CannotTell},
		{"blurred", models.CameraBlurred, soft, false, Blurred},
		{"a little soft", models.CameraBlurred, mist, false, Sound},
		{"a little soft still", models.CameraBlurred, mist, true, Blurred},
		{"blurred behind a hand", models.CameraBlurred, hand, true, CannotTell},
		{"sharp", models.CameraBlurred, usual, true, Sound},
		{"not known how sharp", models.CameraBlurred, unlearnt, false, CannotTell},
		{"turned away", models.CameraMoved, turned, false, AnotherView},
		{"nudged", models.CameraMoved, nudged, false, Shifted},
		{"trembles", models.CameraMoved, trembles, false, Sound},
		{"nearly back", models.CameraMoved, trembles, true, Shifted},
		{"back", models.CameraMoved, usual, true, Sound},
		{"moved behind a hand", models.CameraMoved, hand, true, CannotTell},
		{"moved and blurred", models.CameraMoved, soft, true, CannotTell},
		{"not known from where", models.CameraMoved, unlearnt, false, CannotTell},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := ready(t, models.Rule{Kind: c.kind}).Judge(time.Now(), Input{Status: models.CameraStatus{State: models.CameraOnline}, Picture: c.p, Held: c.held})
			require.Equal(t, c.want, v.Reason)
			require.Equal(t, c.want == CannotTell, v.Unknown)
			require.Equal(t, c.want != CannotTell && c.want != Sound, v.Holds)
			if v.Holds {
				require.Equal(t, string(c.want), v.Facts.Reason)
				require.NotZero(t, v.Facts.Limit)
			}
		})
	}
}

func TestACameraThatIsAwayHasNoPictureToBeWrong(t *testing.T) {
	for _, k := range []models.EventKind{models.CameraBlack, models.CameraCovered, models.CameraBlurred, models.CameraMoved} {
		rule := ready(t, models.Rule{Kind: k})
		v := rule.Judge(time.Now(), Input{Status: models.CameraStatus{State: models.CameraOffline}, Held: true})
		require.Equal(t, Verdict{Reason: NotPlaying}, v)
		require.Equal(t, OfPicture, rule.Subject)
		require.Less(t, 30*time.Second+rule.Dwell.Std()+20*time.Second, 90*time.Second, "a glance each half minute, doubts settled each 10 s, a GOP of 10 s")
	}
}
