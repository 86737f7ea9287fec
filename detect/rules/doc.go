// Package rules judges whether the condition of a rule holds, one kind a file. Everything in it is pure: what is known
// of a source goes in, a Verdict with its numbers and a named reason comes out. How long a condition must hold before
// it is an event, and when an event closes, is decided by package detect with the Rule's Dwell, Gap and CloseDelay. What a zero
// field stands for is in the one table of kinds.go, what a rule may not say in check.go.
package rules
