#!/usr/bin/env bash
# Fetches what the named verbs need: deps.sh build|demo|test|lint|bench …  Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A packages=(
  [build]="pkg-config g++ libopencv-dev libopencv-contrib-dev libavcodec-dev libavutil-dev libswscale-dev"
  [demo]="ffmpeg opencv-doc curl"
  [test]="ffmpeg opencv-doc curl chromium fonts-noto-cjk protobuf-compiler mosquitto mosquitto-clients e2fsprogs mount motion gir1.2-gst-rtsp-server-1.0 python3-gi glib-networking gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
  [bench]="ffmpeg opencv-doc motion"
  [lint]="pkg-config g++ libopencv-dev libopencv-contrib-dev libavcodec-dev libavutil-dev libswscale-dev protobuf-compiler"
)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

need() { command -v "$1" >/dev/null || { echo "deps: $1 is missing: $2" >&2; exit 1; }; }
need go "install Go 1.26"
need npm "install Node 20 with npm"

missing=()
for verb in "$@"; do
  for p in ${packages[$verb]}; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
  done
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "deps: installing ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
  case " ${missing[*]} " in # tests start their own; a service of this machine would hold the port of the demo's broker
    *" mosquitto "*) as_root systemctl disable -q --now mosquitto 2>/dev/null || true ;;
  esac
fi

web=dashboard/web
if ! cmp -s $web/package-lock.json $web/node_modules/.installed; then
  echo "deps: installing the front end's packages"
  (cd $web && npm ci --no-audit --no-fund --loglevel=error)
  cp $web/package-lock.json $web/node_modules/.installed
fi

models/weights/fetch-onnxruntime.sh

# A peer of the benchmarks; without cgo, as its authors build it.
case " $* " in
  *" test "* | *" bench "*) CGO_ENABLED=0 go -C .tools/go2rtc build -trimpath -o ../../.cache/go2rtc/go2rtc github.com/AlexxIT/go2rtc ;;
esac
