// Package bus carries events from detection to alerting over NATS JetStream: an embedded server by default, a cluster
// where there is one. It is the one durable seam of Zhihui: an event whose publication has returned nil is on disk, and
// is handed to its consumer until that has handled it.
//
// bus.go publishes, consume.go hands out, heal.go says since when it does not work and opens it again; broker.go is the embedded
// server with its MQTT listener, tls.go that listener's certificates, log.go keeps its words short.
package bus
