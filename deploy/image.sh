#!/usr/bin/env bash
# Builds the container image and tries it as compose.yaml runs it, with nothing writable but /data and without capabilities: the demo answers,
# does not run as root, serves its pages and their files, ends with 0 on SIGTERM, and has what it stored after a restart. Leaves nothing running.
#
#   deploy/image.sh [TAG]                  the whole build, in the container; the image stays
#   deploy/image.sh --quick PROGRAM SITE   only the last stage, with what is built already; the image goes. Where that cannot be done, a line
#                                          says why, and that is no failure
#
# Needs curl and Docker with BuildKit (docker-buildx), or Podman 4.2 or newer.
set -euo pipefail
# Podman's own format has no HEALTHCHECK.
export DOCKER_BUILDKIT=1 BUILDAH_FORMAT=docker

quick=
if [ "${1:-}" = --quick ]; then
  program=$(realpath "$2")
  site=$(realpath "$3")
  quick=yes tag=trtc-console-quick:$$
else
  tag=${1:-trtc-console}
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What is missing here, which is nobody's fault in the quick form.
not_tried() {
  echo "NOT TRIED: the container image${quick:+, which was only linted}, because $1" >&2
  [ -n "$quick" ] && exit 0 || exit 1
}
state() { "$tool" container inspect --format "{{$1}}" "$name"; }
wrong() {
  echo "the container image: $1" >&2
  if state .Name >/dev/null 2>&1; then "$tool" logs --tail 40 "$name" >&2; fi
  exit 1
}

tool=
for candidate in docker podman; do
  # Without --build-context it is too old for the quick form, and Docker has no BuildKit.
  if "$candidate" info >/dev/null 2>&1 && "$candidate" build --help 2>&1 | grep -e --build-context >/dev/null; then
    tool=$candidate
    break
  fi
done
[ -n "$tool" ] || not_tried 'neither Docker with BuildKit nor Podman 4.2 or newer answers'

# Of the container and of its volume.
name=trtc-console-image-$$
work=$(mktemp -d)
clean_up() {
  "$tool" rm --force "$name" || true
  "$tool" volume rm --force "$name" || true
  [ -z "$quick" ] || "$tool" rmi --force "$tag" || true
  rm -rf "$work"
} >/dev/null 2>&1
trap clean_up EXIT

arguments=(--file deploy/Dockerfile --tag "$tag")
if [ -n "$quick" ]; then
  [ "$(uname -s)" = Linux ] || not_tried "a program for $(uname -s) does not run in it"
  base=$(sed -n 's/^FROM \([^ ]*\).*/\1/p' deploy/Dockerfile | tail -n 1)
  "$tool" image inspect "$base" >/dev/null 2>&1 || timeout 45 "$tool" pull --quiet "$base" >/dev/null 2>&1 </dev/null || not_tried "$tool cannot get $base"
  # The place of the build stage is taken by a directory with the same names. Nothing that is tried asks an authority. BuildKit asks for the
  # images of the other stages too, unless they are replaced as well.
  mkdir -p "$work/out" "$work/etc/ssl/certs"
  touch "$work/etc/ssl/certs/ca-certificates.crt"
  cp "$program" "$work/out/trtc-console"
  cp -R "$site" "$work/out/site"
  chmod -R u=rwX,go=rX "$work"
  for stage in $(sed -n 's/^FROM .* AS //p' deploy/Dockerfile); do arguments+=(--build-context "$stage=$work"); done
fi
"$tool" build "${arguments[@]}" .

if [ -n "$quick" ] && ! said=$("$tool" run --rm "$tag" --version 2>&1); then
  case $said in
    *GLIBC_*) not_tried "a program from this system, which is newer than $base, does not run in it" ;;
    *) wrong "the program does not run in it: $said" ;;
  esac
fi

user=$("$tool" run --rm --entrypoint id "$tag" -u)
[ "$user" != 0 ] || wrong 'it runs as root'

# Starts the demo on the volume and waits until it answers; sets `address`.
start() {
  "$tool" run --detach --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges \
    --volume "$name:/data" --publish 127.0.0.1::8700 "$tag" demo >/dev/null
  address=http://$("$tool" port "$name" 8700/tcp | head -n 1) || wrong "the demo has no address; it ended with $(state .State.ExitCode)"
  for _ in $(seq 120); do
    if curl --silent --fail --max-time 5 "$address/healthz" >/dev/null; then return; fi
    [ "$(state .State.Running)" = true ] || wrong "the demo ended with $(state .State.ExitCode)"
    sleep 0.5
  done
  wrong "the demo does not answer on $address"
}
logins() { "$tool" logs "$name" 2>/dev/null | grep ' password '; }
stop() {
  "$tool" stop --time 15 "$name" >/dev/null
  [ "$(state .State.ExitCode)" = 0 ] || wrong "SIGTERM ended the demo with $(state .State.ExitCode)"
}

start
probe=()
while IFS= read -r word; do probe+=("$word"); done < <("$tool" container inspect --format '{{range .Config.Healthcheck.Test}}{{println .}}{{end}}' "$name" | sed '/^$/d')
"$tool" exec "$name" "${probe[@]:1}" || wrong 'HEALTHCHECK says that it is not well'
page=$(curl --silent --show-error --fail --location --max-time 10 "$address/") || wrong 'the first page does not come'
files=$(grep -oE '/pkg/[A-Za-z0-9._-]+\.(js|css|wasm)' <<<"$page" | sort -u) || wrong 'the first page names no files of the bundle'
for file in $files; do
  curl --silent --show-error --fail --max-time 10 --output /dev/null "$address$file" || wrong "$file does not come"
done
before=$(logins) || wrong 'the demo prints no logins'
stop
"$tool" rm "$name" >/dev/null

start
[ "$(logins)" = "$before" ] || wrong 'the demo is another one after a restart; /data is not kept'
stop
echo "The container image was tried with $tool: it answers as user $user, stops with 0 and keeps its data."
