#!/usr/bin/env bash
# Makes roots of Debian releases with the engines that they have, unless they are there: roots.sh NAME…
#   docker-20.10 docker-26.1 docker-28.5 podman-4.3 podman-5.4 podman-5.8, and bookworm, which has no engine.
# They stay in ~/.cache/pictl-test/engines. Needs root and debootstrap; about a minute and half a gigabyte each.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pictl-test/engines
mkdir -p "$cache"
for name; do
  [ ! -e "$cache/$name.ready" ] || continue
  case $name in
    bookworm) root=(bookworm none) ;;
    docker-20.10) root=(bookworm docker) ;;
    docker-26.1) root=(trixie docker) ;;
    docker-28.5) root=(forky docker) ;;
    podman-4.3) root=(bookworm podman) ;;
    podman-5.4) root=(trixie podman) ;;
    podman-5.8) root=(forky podman) ;;
    *)
      echo "roots.sh: there is no root $name" >&2
      exit 2
      ;;
  esac
  "$here/other-root.sh" "${root[0]}" "$cache/$name" "${root[1]}"
  touch "$cache/$name.ready"
done
