#!/usr/bin/env bash
# Attacks each parser of outside bytes for $1 (such as 10s), one at a time; the first that gives way fails. What broke it lies
# under testdata/fuzz beside the test then, and is tried by every later run of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files '*_test.go' | xargs grep -oE '^func Fuzz[A-Za-z0-9_]+' | sed -E 's|/[^/]*:func | |' | sort -u | while read -r dir target; do
  echo "fuzz: $dir $target"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 20x "./$dir" </dev/null
done
