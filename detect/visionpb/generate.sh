#!/bin/sh
# Makes vision.pb.go and vision_grpc.pb.go of vision.proto, here or in the folder given: Debian's protoc, the plugins
# that .tools/go.mod pins.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
(cd ../../.tools && GOFLAGS=-mod=mod go build -o "$bin/" google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc)
PATH="$bin:$PATH" protoc --go_out="$out" --go_opt=paths=source_relative --go-grpc_out="$out" --go-grpc_opt=paths=source_relative vision.proto
