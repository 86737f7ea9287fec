#!/usr/bin/env bash
# Fails when a generated file is not what its source makes; the mended files are left in place to be committed.
set -euo pipefail
cd "$(dirname "$0")/.."
generated() { git ls-files -z '*gen.go' '*.pb.go' 'dashboard/web/src/api/schema.d.ts' | xargs -0 sha256sum; }
before=$(generated)
make --no-print-directory generate >/dev/null
after=$(generated)
if [ "$before" != "$after" ]; then
  diff <(echo "$before") <(echo "$after") | awk '/^>/{print "stale: " $3}' >&2
  echo "these files did not match their sources and have been made again: look at them and commit them" >&2
  exit 1
fi
