package rules

import "zhihui/models"

// cameraOffline holds from offline until the camera is anything else for certain. Connecting proves nothing: a camera
// that is away is tried again and again.
func cameraOffline(_ Rule, in Input) Verdict { return stateIs(models.CameraOffline, in) }

// cameraAuth holds from refused credentials until the camera is anything else for certain.
func cameraAuth(_ Rule, in Input) Verdict { return stateIs(models.CameraAuthRefused, in) }

func stateIs(s models.CameraState, in Input) Verdict {
	if in.Status.State == s || in.Held && in.Status.State == models.CameraConnecting {
		return Verdict{Holds: true, Facts: models.Facts{Reason: in.Status.Reason}, Reason: CameraState}
	}
	return Verdict{Reason: CameraState}
}

// Away tells whether a camera in this state gives no stream that could be judged. One that is connecting may give one in a
// moment, and what was wrong with it before may be so still.
func Away(s models.CameraState) bool {
	return s == models.CameraOffline || s == models.CameraAuthRefused || s == models.CameraDisabled
}
