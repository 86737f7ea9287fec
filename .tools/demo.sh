#!/usr/bin/env bash
# Starts the simulated site and the product on an empty store; $1 (such as 90s) ends it by itself, else Ctrl-C does.
# Leaves no process and no port behind.
set -euo pipefail
cd "$(dirname "$0")/.."
for_=${1:-}
data=.cache/demo
clips=.cache/clips
config=configs/demo/zhihui.yml
password=zhihui-demo

rm -rf "$data" && mkdir -p "$data"
bin/sitesim prepare --script configs/demo/sim.yml --cache "$clips"
bin/zhihui site apply --config "$config" configs/demo/site.yml >"$data/site.log"
for who in admin:系统管理员 integrator:集成商 dispatcher:调度员 operator:值守员 grid:网格员 viewer:来宾; do
  printf '%s' "$password" | bin/zhihui user add --config "$config" "${who%%:*}" --role "${who%%:*}" --name "${who##*:}" --password-stdin >>"$data/site.log"
done

pids=()
# Both children are asked to stop and waited for, whatever ends this script.
stop() {
  trap '' INT TERM
  [ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null || true
  local failed=0
  for p in "${pids[@]}"; do wait "$p" || failed=$?; done
  pids=()
  return $failed
}
trap 'stop || true; exit 130' INT TERM

# In their own process groups, so that Ctrl-C reaches them once and in order.
set -m
bin/sitesim run --script configs/demo/sim.yml --cache "$clips" --report "$data/sim.json" >"$data/sim.log" 2>&1 &
pids+=($!)
bin/zhihui serve --config "$config" >"$data/zhihui.log" 2>&1 &
pids+=($!)
set +m

for _ in $(seq 300); do
  curl -fs -o /dev/null http://127.0.0.1:8080/readyz && break
  kill -0 "${pids[@]}" 2>/dev/null || break
  sleep 0.2
done
if ! curl -fs -o /dev/null http://127.0.0.1:8080/readyz; then
  echo "demo: not ready after 60 s; the ends of $data/zhihui.log and $data/sim.log:" >&2
  tail -n 15 "$data/zhihui.log" "$data/sim.log" >&2
  stop || true
  exit 1
fi

cat <<TEXT

  指挥·智慧  Zhihui is running:   http://127.0.0.1:8080

  accounts   admin  integrator  dispatcher  operator  grid  viewer     password: $password
  the wall   http://127.0.0.1:8080/wall      16 moving pictures, the map, the alert stream
  console    http://127.0.0.1:8080/console   acknowledge an alert, take its order to the close
  look at    0:15  the water in the underpass climbs; at 0.30 m a red alert and its work order
             any   people in the closed zone: an orange alert with a picture and why
             0:40  camera 07 is cut: its tile says so within seconds; it returns at 1:15
  logs       $data/zhihui.log  $data/sim.log

  ${for_:+It ends by itself after $for_. }Ctrl-C ends it.
TEXT

if [ -n "$for_" ]; then
  sleep "$for_" &
  timer=$!
  wait -n "$timer" "${pids[@]}" || true
  if kill -0 "$timer" 2>/dev/null; then
    kill "$timer"
    echo "demo: a part ended early; see $data" >&2
    stop || true
    exit 1
  fi
else
  wait -n "${pids[@]}" || true
  echo "demo: a part ended early; see $data" >&2
  stop || true
  exit 1
fi
stop
