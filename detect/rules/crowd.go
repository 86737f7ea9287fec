package rules

// crowd holds while at least Count people are in the zone, or in the picture where there is no zone. Once it holds, one
// person less does not end it: a network miscounts by one all the time.
func crowd(r Rule, in Input) Verdict {
	least := r.Count
	if in.Held && least > 2 {
		least--
	}
	people := r.inside(in.Tracks, isPerson)
	if len(people) < least {
		return Verdict{Reason: TooFewPeople}
	}
	f := r.seen(people)
	f.Measured, f.Limit = float64(len(people)), float64(r.Count)
	return Verdict{Holds: true, Facts: f, Reason: EnoughPeople}
}
