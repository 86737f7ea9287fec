// Package notify tells servers outside of alerts and orders. The message is a row that is written in the same transaction
// as what it tells of (Outbox); a Sender claims the rows under a lease and delivers each at least once, with an idempotency
// key by which the receiver knows a repetition. Each target has its own rows and its own loop: one that is down delays no
// other.
//
// A request is a POST of a Message as JSON with the headers
//
//	Idempotency-Key:     the same for every try of one message to one target
//	X-Zhihui-Timestamp:  Unix seconds of this try
//	X-Zhihui-Signature:  sha256= and the hex HMAC-SHA256, under the target's secret, of timestamp + "." + body
//
// and counts as delivered when the answer is 2xx. Redirects are not followed.
//
// A broker gets the same Message on the topic zhihui/alert/AREA/ID or zhihui/order/AREA/ID, and one on zhihui/event/AREA/ID for
// each change of an event; it counts as delivered when the broker has acknowledged it at QoS 1. They go out in their order, many at
// a time: what is heard again after a fault comes with everything that followed it, so that the last word on a thing is the newest.
//
// Overflow: rows wait on the disk, without a bound; for a broker they wait for ever. A message to a webhook is given up, counted
// and logged, after 40 tries, which takes a day at least; alerts and orders themselves are untouched by that.
package notify
