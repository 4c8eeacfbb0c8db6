#!/bin/bash
# systemd.sh DIR NODE PROGRAM CLUSTER: makes of fresh namespaces (mount, pid, uts, ipc, cgroup) a machine that runs systemd,
# and becomes it. It has this machine's programs, a copy of its /etc, its network, and else nothing of it. Everything
# that it writes is in DIR, a tmpfs of these namespaces, and ends with them.
#   NODE     the node binary, which is there as /node
#   PROGRAM  the folder of pictl, which is there as /opt/pictl
#   CLUSTER  a folder with a config, which is copied to /etc/pictl, for the user pictl
set -euo pipefail
dir=$1 node=$2 program=$3 cluster=$4
umask 022

mount -t tmpfs tmpfs "$dir"
root=$dir/root
mkdir "$root"
mount --bind "$root" "$root"
cd "$root"
mkdir -p dev home mnt opt/pictl proc root run sys usr var/{cache,lib,log,spool}
mkdir -m 1777 tmp var/tmp
for folder in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$folder" ]; then
    cp -a "/$folder" "$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$folder"
    mount --rbind "/$folder" "$folder"
  fi
done
mount --bind /usr usr
cp -a /etc etc
mount --bind "$program" opt/pictl
touch node
mount --bind "$node" node
cp -a "$cluster" etc/pictl

mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev/
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 tmpfs run

mkdir old
pivot_root . old
cd /
umount -l old
rmdir old

hostname with-systemd
rm -f /etc/machine-id
tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
useradd --system --create-home --home-dir /home/pictl --shell /bin/sh pictl
chown -R pictl:pictl /etc/pictl

# Nothing of this machine's own services is started.
mkdir -p /run/systemd/system
cat >/run/systemd/system/for-tests.target <<'UNIT'
[Unit]
Wants=systemd-journald.service
After=systemd-journald.service
UNIT
for systemd in /usr/lib/systemd/systemd /lib/systemd/systemd; do
  if [ -x "$systemd" ]; then
    exec env -i container=pictl PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      "$systemd" --system --unit=for-tests.target --log-target=console --log-level=info --show-status=0 </dev/null
  fi
done
