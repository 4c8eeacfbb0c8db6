#!/bin/sh
# Process 1 gets no signal it does not ask for: without the trap `docker stop` would wait ten seconds.
trap 'exit 0' TERM INT
mkdir -p /www
hostname >/www/index.html
httpd -f -p 80 -h /www &
echo $! >/server.pid
# What ends here is the server alone.
wait $!
while :; do
  sleep 3600 &
  wait $!
done
