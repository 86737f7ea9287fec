// Package alerting turns events into alerts, what a person must look at, and alerts into work orders, what somebody must
// do by when. Each message about an event goes through
//
//	validate → stale, gather (dedup) → orderFor (policy) → one transaction       Pipeline.Handle
//
// and each word of a person about an alert through
//
//	mayDecide → decided (decision) → one transaction                             Pipeline.Acknowledge, Reject … (alerts.go)
//
// The stages are pure functions that return a named verdict; Pipeline does the effects. Nothing is ever dropped: a
// message is durable when Handle has returned nil, is refused as Invalid, or is to be delivered again.
package alerting
