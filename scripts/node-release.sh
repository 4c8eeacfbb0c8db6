#!/usr/bin/env bash
# node-release.sh RELEASE: prints the folder with the `node` of that Node release (22, 24 …), out of npm's package `node`. Each
# is fetched once.
set -euo pipefail
home=${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test/nodes/$1
mkdir -p "$home"
[ -x "$home/node_modules/node/bin/node" ] || npm install --silent --no-audit --no-fund --prefix "$home" "node@$1" >&2
printf '%s\n' "$home/node_modules/node/bin"
