#!/usr/bin/env bash
# `npm run image`: builds the Dockerfile with a Docker of this machine, and lets its image look at a lab node, by the words that
# its first lines say. Needs root as labs do, and debootstrap, which makes its base image; two minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test/engines lab=image

if ! command -v debootstrap >/dev/null; then
  echo 'debootstrap is not installed, so the image was not built (apt-get install debootstrap).'
  exit 0
fi

work=$(mktemp -d)
export DOCKER_HOST=unix://$work/builder/docker.sock DOCKER_BUILDKIT=0

stop() {
  node bin/run.js lab down --name "$lab" >/dev/null || true
  kill "$(cat "$work/builder/docker.pid")"
  while [ -e "$work/builder/docker.pid" ]; do sleep 0.1; done
  umount "$work"/builder/exec/netns/* 2>/dev/null || true
  rm -rf "$work"
}

scripts/engines/roots.sh bookworm
trap stop EXIT
scripts/engines/start-builder.sh "$work/builder"
scripts/compose/base-images.sh "$cache/bookworm"
# As this machine comes to apt's and npm's packages; what is not set is not given.
docker build --quiet --network host --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy --target pictl --tag pictl .

node bin/run.js lab up --name "$lab" --nodes 1 >/dev/null
folder=/var/lib/pictl/lab/$lab
PICLUSTER_CONFIG=$folder/config.json node bin/run.js create
printf '$ docker run … pictl status\n'
# In this machine's network, where the lab is, and with the lab's folder, which has the key as well.
docker run --rm --network host -v "$folder:$folder:ro" -w "$folder" pictl status | tee "$work/status"
grep -qE '^web +n1 +running' "$work/status"
