package rules

import "zhihui/models"

// intrusion holds while a person, a rider included, stands in the zone. It is the zone that dwells, not one track: a
// person whose track breaks and begins anew has not left.
func intrusion(r Rule, in Input) Verdict {
	people := r.inside(in.Tracks, isPerson)
	if len(people) == 0 {
		return Verdict{Reason: Empty}
	}
	return Verdict{Holds: true, Facts: r.seen(people), Reason: Occupied}
}

func isPerson(t models.Track) bool { return t.Label == "person" }
