#!/usr/bin/env bash
# Packs what an operator needs into one archive, and writes its checksum beside it.
#
#   deploy/dist.sh PROGRAM SITE OUT
#
# The same input gives the same bytes: names are sorted, and nobody's name, rights or clock gets in. Times are those of SOURCE_DATE_EPOCH, else
# of the last commit. Needs GNU tar.
set -euo pipefail
program=$(realpath "$1") site=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
name=trtc-console-$version-$(rustc -vV | sed -n 's/^host: //p')
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/$name/deploy"
cp "$program" "$work/$name/trtc-console"
cp -R "$site" "$work/$name/site"
cp LICENSE README.md "$work/$name/"
cp deploy/trtc-console.service deploy/console.toml "$work/$name/deploy/"

tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="@$time" -C "$work" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "trtc-console-$version-"*.tar.gz >SHA256SUMS && cat SHA256SUMS)
