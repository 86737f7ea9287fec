// Package mqtt turns the messages of sensors into readings. It is the only importer of paho.
//
// client.go takes what comes, by the connection to the broker (connection.go) or by HTTP (push.go), into one bounded queue;
// board.go knows which sensors are on a topic, mapping.go makes numbers of a payload, try.go does so for a person who edits a
// mapping, and heard.go remembers topics that nobody has asked for. publisher.go goes the other way: it says at a broker what
// package notify has to tell.
//
// Overflow: of the messages that wait to be decoded the oldest goes and is counted.
package mqtt
