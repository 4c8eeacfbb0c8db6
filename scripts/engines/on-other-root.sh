#!/usr/bin/env bash
# Runs a command with another root (made by other-root.sh) in place of this machine's, in this machine's network: the
# nodes of a `pictl lab up` that runs there have that root's sshd, docker and podman. Every later `pictl lab` command
# for that lab must run there too; `pictl nodes` and the like run anywhere.
#   on-other-root.sh ROOT FOLDER COMMAND…    FOLDER is seen at its own path; put pictl, node and the lab's --dir below it
set -euo pipefail
root=$(readlink -f "$1") folder=$(readlink -f "$2")
shift 2
mkdir -p "$root$folder" "$root.run"
# shellcheck disable=SC2016 # for the shell inside
exec unshare --mount --propagation private sh -ec '
  root=$1 folder=$2
  shift 2
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount --bind "$root.run" "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
  cd "$root"
  pivot_root . .
  umount -l .
  cd "$folder"
  exec "$@"
' sh "$root" "$folder" "$@"
