// Package watched notes in the ledger who looks at which camera: live, by its newest picture too, at its footage, or by taking
// footage out.
//
// A row stands for one view. Who comes back to the same camera in the same way within 10 minutes of being seen there last goes on
// with the same view; a live view lasts as long as it is open, and is noted again each day of it. Footage is told by its hours, so
// that the ledger answers who has seen a camera's afternoon: another hour of it is another view. An export always has a row of its
// own with its exact span, which is on the disk before the first byte goes out.
//
// Views wait in one bounded queue for the store, so that a slow store delays no picture. None that was shown is left out: when the
// queue is full, views are refused until there is room. A hall that is killed loses what waited, which is milliseconds' worth while
// the store is well; one that is stopped writes it first.
package watched
