#!/usr/bin/env bash
# Starts the simulated site and the product on an empty store; $1 (such as 90s) ends it by itself, else Ctrl-C does.
# Leaves no process and no port behind.
set -euo pipefail
cd "$(dirname "$0")/.."
for_=${1:-}
data=.cache/demo
clips=.cache/clips
config=configs/demo/zhihui.yml
password=command-hall-demo

# Said before anything is touched: another demo may be running on this very folder.
for port in 8080 8554 8700 1883; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "demo: port $port of 127.0.0.1 is in use already: end what listens there (another demo?) and try again" >&2
    exit 1
  fi
done

# All children are asked to stop and waited for, whatever ends this script.
stop() {
  trap '' INT TERM HUP
  local failed=0 children
  children=$(jobs -p)
  # shellcheck disable=SC2086 # one word a process
  [ -z "$children" ] || kill -TERM $children 2>/dev/null || true
  for p in $children; do wait "$p" || failed=$?; done
  return $failed
}
trap 'stop || true; exit 130' INT TERM HUP

rm -rf "$data" && mkdir -p "$data"
bin/sitesim prepare --script configs/demo/sim.yml --cache "$clips"
bin/zhihui site apply --config "$config" configs/demo/site.yml >"$data/site.log"
for who in admin:系统管理员 integrator:集成商 dispatcher:调度员 operator:值守员 grid:网格员 viewer:来宾; do
  printf '%s' "$password" | bin/zhihui user add --config "$config" "${who%%:*}" --role "${who%%:*}" --name "${who##*:}" --password-stdin --permanent >>"$data/site.log"
done

# In their own process groups, so that Ctrl-C reaches them once and in order.
set -m
bin/sitesim run --script configs/demo/sim.yml --cache "$clips" --report "$data/sim.json" >"$data/sim.log" 2>&1 &
sim=$!
# The cameras are there first, as in life: else the first tries find nobody.
for _ in $(seq 100); do
  (exec 3<>/dev/tcp/127.0.0.1/8554) 2>/dev/null && break
  kill -0 "$sim" 2>/dev/null || break
  sleep 0.1
done
bin/zhihui serve --config "$config" >"$data/zhihui.log" 2>&1 &
hall=$!
set +m

for _ in $(seq 300); do
  curl -fs -o /dev/null http://127.0.0.1:8080/readyz && break
  kill -0 "$sim" 2>/dev/null && kill -0 "$hall" 2>/dev/null || break
  sleep 0.2
done
if ! curl -fs -o /dev/null http://127.0.0.1:8080/readyz; then
  echo "demo: it did not get ready; the ends of $data/zhihui.log and $data/sim.log:" >&2
  tail -n 15 "$data/zhihui.log" "$data/sim.log" >&2
  stop || true
  exit 1
fi

case ${LC_ALL:-${LANG:-}} in zh*) lang=zh ;; *) lang=en ;; esac
cat <<TEXT

  指挥·智慧  Zhihui is running:   http://127.0.0.1:8080

  accounts   admin  integrator  dispatcher  operator  grid  viewer     password: $password
  the wall   http://127.0.0.1:8080/wall      16 moving pictures, the map, the alert stream
  console    http://127.0.0.1:8080/console   acknowledge an alert, take its order to the close
  the storm  ten minutes, then it begins again

$(bin/sitesim story --script configs/demo/sim.yml --lang "$lang" | sed 's/^/             /')

  logs       $data/zhihui.log  $data/sim.log

  ${for_:+It ends by itself after $for_. }Ctrl-C ends it.
TEXT

timer=
if [ -n "$for_" ]; then
  sleep "$for_" &
  timer=$!
fi
wait -n $timer "$sim" "$hall" || true
if [ -z "$timer" ] || kill -0 "$timer" 2>/dev/null; then
  echo "demo: a part ended early; see $data" >&2
  [ -z "$timer" ] || kill "$timer"
  stop || true
  exit 1
fi
stop
