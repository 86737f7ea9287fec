#!/usr/bin/env bash
# Looks for secrets in the history and for known holes in what the project stands on; any finding fails. Databases of holes
# are outside: where one cannot be reached the scan says so and goes on, since a build must not depend on them.
set -euo pipefail
cd "$(dirname "$0")/.."

go tool -modfile=.tools/go.mod gitleaks git --no-banner --no-color --redact --log-level warn . || { echo "scan: secrets found: take them out of the history, or name them in .gitleaks.toml with the reason" >&2; exit 1; }

go mod verify >/dev/null
go mod verify -modfile=.tools/go.mod >/dev/null

# judge NAME FINDING: the scanner failed; with a finding in what it wrote so do we, else its database was out of reach.
judge() {
  if grep -qE "$2" "$out"; then
    cat "$out" >&2
    exit 1
  fi
  echo "scan: $1 skipped, it says: $(grep -m 1 -iE 'error|fetching' "$out" | cut -c 1-160)"
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
timeout 300 go tool -modfile=.tools/go.mod govulncheck ./... >"$out" 2>&1 || judge govulncheck '^Vulnerability #'
(cd dashboard/web && timeout 60 npm audit --omit=dev --audit-level=moderate) >"$out" 2>&1 || judge 'npm audit' 'Severity:'
