#!/usr/bin/env bash
# `npm run compose`: what compose.yaml makes, as somebody with a Docker of their own would see it: its images are built, and
# the cluster runs inside of a lab node. Needs root and debootstrap; some minutes the first time, a minute afterwards.
# With `--keep` it all stays for looking: it says how to reach the console, and how to take it down.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd) repository=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test/engines work=${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test/compose
lab=compose subnet=${SUBNET:-10.84.0.0/24} keep=${1-}
mkdir -p "$work"

say() { printf '\n== %s\n' "$*"; }
on() { "$here/engines/on-other-root.sh" "$cache/docker-28.5" "$work" "$@"; }
# The lab's programs are those of the other root, and so is the folder that they find pictl in.
pictl() { on env PATH="$work/node:/usr/sbin:/usr/bin:/sbin:/bin" node pictl/bin/run.js "$@"; }
n1() { ssh -q -i "$work/lab/key" -o UserKnownHostsFile="$work/lab/known_hosts" "root@${subnet%.*}.11" "$@"; }
compose() { n1 cd pictl '&&' docker compose "$@"; }

"$here/engines/roots.sh" docker-28.5 bookworm
mkdir -p "$work/node" "$work/pictl"
cp "$(command -v node)" "$work/node/"
for entry in bin dist templates node_modules config.json config.schema.json oclif.manifest.json package.json; do
  rm -rf "$work/pictl/${entry:?}"
  cp -a "$repository/$entry" "$work/pictl/"
done

say 'the images'
export DOCKER_HOST=unix://$work/builder/docker.sock
cp "$here/engines/start-builder.sh" "$work/"
on ./start-builder.sh "$work/builder"
trap 'kill "$(cat "$work/builder/docker.pid")"' EXIT
# The machine's own client: npm is here, not on the other root.
docker image inspect node:22-bookworm-slim >/dev/null 2>&1 || "$here/compose/base-images.sh" "$cache/bookworm"
rm -rf "$work/source" && mkdir "$work/source"
git -C "$repository" ls-files -z --cached --others --exclude-standard | tar -C "$repository" --null --ignore-failed-read -T - -c | tar -C "$work/source" -x
cp "$here/compose/host-network.yaml" "$work/source/"
# bake, which compose 2.40 builds with, asks for leave to use the host's network.
on sh -c 'cd source && COMPOSE_BAKE=false docker compose -f compose.yaml -f host-network.yaml build --quiet'
on sh -c 'cd source && docker build --quiet --network host -t pictl .'

say 'docker compose up'
stop() {
  kill "$(cat "$work/builder/docker.pid")"
  pictl lab down --name "$lab"
}
pictl lab up --nodes 1 --name "$lab" --subnet "$subnet" --dir "$work/lab" >/dev/null
trap stop EXIT
docker save pictl pictl-demo-node pictl-demo-controller | n1 docker load
tar -C "$work/source" -c compose.yaml compose | n1 'mkdir -p pictl && tar -C pictl -x'
compose up --no-build --wait --quiet-pull
compose ps --format '"{{.Name}} {{.Status}}"'

# until SECONDS WHAT COMMAND…: until the command succeeds
until_so() {
  local seconds=$1 what=$2
  shift 2
  for _ in $(seq "$seconds"); do
    if "$@" >/dev/null 2>&1; then
      say "$what"
      return
    fi
    sleep 1
  done
  printf '%s: not so after %s s\n' "$what" "$seconds" >&2
  inside pictl log --tail 20 >&2
  exit 1
}
inside() { compose exec -T controller "$@"; }

until_so 60 'all of it runs' inside pictl status
inside pictl nodes
inside pictl status
n1 'exec 3<>/dev/tcp/127.0.0.1/3003 && printf "GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n" >&3 && head -n 1 <&3' | grep ' 200 '
compose logs controller | grep -o 'http://127.0.0.1:3003/#login=.*'
inside pictl doctor
say 'docker run pictl status: the image stands for itself'
n1 docker run --rm --network pictl-demo_default --volumes-from pictl-demo-controller-1 -w /root pictl status

if [ "$keep" = --keep ]; then
  trap 'kill "$(cat "$work/builder/docker.pid")"' EXIT
  say "It stays. The console: ssh -i $work/lab/key -o UserKnownHostsFile=$work/lab/known_hosts -N -L 3003:127.0.0.1:3003 root@${subnet%.*}.11"
  exit
fi

say 'a node dies: docker compose stop n1'
compose stop n1
# `status` says by its exit code that n1 does not answer.
moved() { { inside pictl status || true; } | grep -qE '^web +n[23] +running +running'; }
until_so 60 'its container runs on another one' moved
inside pictl status || true
compose start n1
until_so 60 'the node is back' inside pictl status
compose down --volumes
