#!/usr/bin/env bash
# Builds the container image, starts the demo in it and looks whether it answers, as anybody but root. Needs curl and Docker or
# Podman, and leaves nothing running.
#
#   deploy/image.sh [TAG]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tag=${1:-trtc-console}

tool=
for candidate in docker podman; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" info >/dev/null 2>&1; then
    tool=$candidate
    break
  fi
done
[ -n "$tool" ] || { echo 'NOT TRIED: the container image, because neither Docker nor Podman answers' >&2; exit 1; }

DOCKER_BUILDKIT=1 "$tool" build -f deploy/Dockerfile -t "$tag" .
container=$("$tool" run --detach --rm --publish 127.0.0.1::8700 "$tag" demo)
trap '"$tool" rm --force "$container" >/dev/null' EXIT

user=$("$tool" exec "$container" id -u)
[ "$user" != 0 ] || { echo 'the container runs as root' >&2; exit 1; }
address=$("$tool" port "$container" 8700/tcp | head -n 1)
for _ in $(seq 60); do
  if answer=$(curl --silent --fail --max-time 5 "http://$address/healthz"); then
    echo "$tag answers on http://$address as user $user: $answer"
    exit
  fi
  sleep 1
done
echo "$tag does not answer on http://$address" >&2
"$tool" logs "$container" >&2
exit 1
