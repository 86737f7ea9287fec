package rtsp

import (
	"fmt"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"zhihui/models"
)

// Format is what a key unit's parameter sets say of the pictures.
type Format struct {
	Codec         string // such as "H.264 High"
	Width, Height int    // pixels; 0 where the parameter sets cannot be read
}

// FormatOf reads the parameter sets of a key unit; of what it cannot read it names the codec alone.
func FormatOf(u *models.AccessUnit) Format {
	for _, nalu := range u.NALUs {
		switch {
		case u.Codec == models.H264 && roleH264(nalu) == roleSPS:
			return formatH264(nalu)
		case u.Codec == models.H265 && roleH265(nalu) == roleSPS:
			return formatH265(nalu)
		}
	}
	if u.Codec == models.H265 {
		return Format{Codec: "H.265"}
	}
	return Format{Codec: "H.264"}
}

func formatH264(nalu []byte) Format {
	var sps h264.SPS
	if sps.Unmarshal(nalu) != nil {
		return Format{Codec: "H.264"}
	}
	profile := map[uint8]string{66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2", 244: "High 4:4:4"}
	return Format{named("H.264", profile[sps.ProfileIdc], sps.ProfileIdc), sps.Width(), sps.Height()}
}

func formatH265(nalu []byte) Format {
	var sps h265.SPS
	if sps.Unmarshal(nalu) != nil {
		return Format{Codec: "H.265"}
	}
	profile := map[uint8]string{1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Range Extensions"}
	idc := sps.ProfileTierLevel.GeneralProfileIdc
	return Format{named("H.265", profile[idc], idc), sps.Width(), sps.Height()}
}

func named(codec, profile string, idc uint8) string {
	if profile == "" {
		profile = fmt.Sprintf("profile %d", idc)
	}
	return codec + " " + profile
}
