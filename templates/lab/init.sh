#!/bin/sh
# The first process of a lab node: turns fresh namespaces into a machine, starts its services, and reaps what they
# leave behind. When it ends, however it ends, the kernel ends everything else in the node.
#
# usage: init.sh NODE_DIR NAME ADDRESS/PREFIX SERVICE...
# Reads one line from stdin when the cable is plugged in. On SIGHUP, services that have ended are started again.
set -eu
dir=$1 name=$2 address=$3
shift 3
services=$*

read -r _
exec </dev/null
cd /

mount --bind "$dir/root" "$dir/root"
mount --all --fstab "$dir/fstab"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$dir/root/dev/"
for device in kmsg fuse; do
  if [ -e "/dev/$device" ]; then cp -a "/dev/$device" "$dir/root/dev/"; fi
done
cd "$dir/root"
pivot_root . .
umount -l .
cd /

ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
ln -s pts/ptmx /dev/ptmx
mkdir -m 0755 /run/sshd /run/lock

echo "$name" >/proc/sys/kernel/hostname
# A machine whose power came back says so by another boot id.
cat /proc/sys/kernel/random/uuid >/run/boot_id
mount --bind /run/boot_id /proc/sys/kernel/random/boot_id

ip -batch - <<LINES
link set lo up
address add $address brd + dev eth0
link set eth0 up
LINES

# Runs a service in the background; its exit code is left in /run/NAME.exit for those who wonder where it went.
# dockerd starts itself anew twice for each container, which takes two thirds of the time where Go collects less often.
start() {
  rm -f "/run/$1.exit"
  {
    case $1 in
      sshd) "$(command -v sshd)" -D -E /var/log/sshd.log ;;
      dockerd) GOGC=400 dockerd >>/var/log/dockerd.log 2>&1 ;;
    esac && code=0 || code=$?
    echo "$code" >"/run/$1.exit"
  } &
}

start_ended() {
  for service in $services; do
    if [ -e "/run/$service.exit" ]; then start "$service"; fi
  done
}

for service in $services; do start "$service"; done
trap start_ended HUP
set +e
# `wait` reaps orphans too; the sleeping child keeps it waiting when every service has ended.
while :; do
  sleep 86400 &
  wait $!
done
