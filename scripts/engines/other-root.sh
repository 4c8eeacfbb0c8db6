#!/usr/bin/env bash
# Makes a folder that is the root of another Debian release, with the engine that release has; see on-other-root.sh.
#   other-root.sh SUITE ROOT docker|podman|none     SUITE: bookworm, trixie, forky, sid; none: the bare release
# Needs: debootstrap; takes the mirror that this machine's apt uses.
set -euo pipefail
suite=$1 root=$2 engine=$3
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2016 # apt's own variable
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)
script=/usr/share/debootstrap/scripts/$suite
[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid # a release younger than this debootstrap
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror" "$script" >"$root.log" 2>&1
[ "$engine" != none ] || exit 0

tools=(openssh-server openssh-client iproute2 nftables iptables iputils-ping iputils-arping busybox-static procps ca-certificates perl libstdc++6 util-linux-extra)
case $engine in
  docker)
    engines=(docker.io runc containerd)
    # Parts of docker.io of bookworm, packages of their own later.
    [ "$suite" = bookworm ] || engines+=(docker-cli docker-buildx docker-compose)
    ;;
  podman) engines=(podman podman-docker runc netavark aardvark-dns) ;;
esac
# What a mirror's copy of a moving release says of its own age does not matter here.
cat >"$root/etc/apt/apt.conf.d/90test" <<'END'
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
END
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # installing starts nothing
chmod +x "$root/usr/sbin/policy-rc.d"
# shellcheck disable=SC2016 # for the shell inside
unshare --mount --propagation private sh -ec '
  root=$1
  shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  export DEBIAN_FRONTEND=noninteractive
  chroot "$root" apt-get -q update
  chroot "$root" apt-get -q --yes --no-install-recommends install "$@"
  chroot "$root" apt-get clean
' sh "$root" "${tools[@]}" "${engines[@]}" >>"$root.log" 2>&1 || { tail -5 "$root.log" >&2; exit 1; }
if [ "$engine" = podman ]; then "$here/podman-root.sh" "$root"; fi
