package rules

import "zhihui/models"

// Motion is the label of a track that only movement found. Networks do not know a car from straight above.
const Motion = "motion"

// Such a track counts as a vehicle when it covers this much of the picture: less is a person or a dog, more is the sun
// coming out.
const (
	leastMotion = 0.05
	mostMotion  = 0.7
)

// vehicleInZone holds while a car, bus, truck or motorcycle, or a moving thing as large as one, is in the zone.
func vehicleInZone(r Rule, in Input) Verdict {
	vehicles := r.inside(in.Tracks, isVehicle)
	if len(vehicles) == 0 {
		return Verdict{Reason: Empty}
	}
	return Verdict{Holds: true, Facts: r.seen(vehicles), Reason: Occupied}
}

func isVehicle(t models.Track) bool {
	switch t.Label {
	case "car", "bus", "truck", "motorcycle":
		return true
	case Motion:
		return t.Box.Area() >= leastMotion && t.Box.Area() <= mostMotion
	}
	return false
}
