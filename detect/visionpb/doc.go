// Package visionpb is the public protocol between Zhihui and its pixel workers: vision.proto, what is generated from it,
// and the bounds that both sides hold each other to.
package visionpb

//go:generate ./generate.sh
