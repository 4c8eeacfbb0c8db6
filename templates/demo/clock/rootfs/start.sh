#!/bin/sh
# Process 1 gets no signal it does not ask for: without the trap `docker stop` would wait ten seconds.
trap 'echo "clock on $(hostname) stops after $ticks ticks"; kill "$server"; exit 0' TERM INT
httpd -f -v -p 80 -h /www &
server=$!
ticks=0
while kill -0 "$server"; do
  ticks=$((ticks + 1))
  echo "$ticks" > /ticks
  echo "$(date -u +%H:%M:%S) tick $ticks on $(hostname)"
  # A shell runs its traps between commands and during `wait`, not during `sleep`.
  sleep "$INTERVAL" &
  wait $!
done
echo "clock on $(hostname): the web server ended" >&2
exit 1
