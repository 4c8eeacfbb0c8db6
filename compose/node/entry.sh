#!/bin/sh
# entry.sh              runs a node
# entry.sh keys NODE…   makes the keys of a login and of these nodes, unless they are there
set -eu

if [ "${1-}" = keys ]; then
  shift
  cd /keys
  [ -e key ] || ssh-keygen -q -t ed25519 -N '' -C controller -f key
  for node; do
    [ -e "$node" ] || ssh-keygen -q -t ed25519 -N '' -C "$node" -f "$node"
    printf '%s %s\n' "$NET.$((10 + ${node#n}))" "$(cat "$node.pub")"
  done >known_hosts
  exit
fi

# Containers of one machine have one boot id, and pictl takes what has its own for its own machine, which is no witness.
cat /proc/sys/kernel/random/uuid >/run/boot_id
mount --bind /run/boot_id /proc/sys/kernel/random/boot_id

# With control groups version 2, a group with processes in it can have none below it.
groups=/sys/fs/cgroup
if [ -e "$groups/cgroup.controllers" ]; then
  mkdir -p "$groups/init"
  while read -r process; do
    echo "$process" >"$groups/init/cgroup.procs" || true # one that has ended meanwhile
  done <"$groups/cgroup.procs"
  sed 's/ / +/g; s/^/+/' "$groups/cgroup.controllers" >"$groups/cgroup.subtree_control"
fi

mkdir -p /run/sshd /root/.ssh
cp /keys/key.pub /root/.ssh/authorized_keys
cp "/keys/$(hostname)" /etc/ssh/ssh_host_ed25519_key
# What a stop left.
rm -f /run/docker.pid /run/docker/containerd/containerd.pid
dockerd >>/var/log/dockerd.log 2>&1 &
exec /usr/sbin/sshd -D -e -o HostKey=/etc/ssh/ssh_host_ed25519_key
