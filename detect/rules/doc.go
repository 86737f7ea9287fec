// Package rules judges whether the condition of a rule holds. Everything in it is pure: what is known of a source goes in, a
// Verdict with its numbers and a named reason comes out. How long a condition must hold before it is an event, and when an
// event closes, is decided by package detect with the Rule's Dwell, Gap and CloseDelay. What a zero field stands for is in the
// one table of kinds.go, what a rule may not say in check.go, which rules nobody has to write in implied.go.
//
// By what is judged: a camera's state, camera.go; what its compressed units tell, stream.go (no keyframes, low rate, loss,
// frozen, clock skew); its key pictures beside the usual ones, picture.go (black, covered, blurred, moved); what is seen in
// them, intrusion.go, crowd.go, vehicle.go; a sensor's readings, threshold.go, rate.go, stale.go and, of several, expression.go;
// what a camera reports by itself, alarm.go.
package rules
