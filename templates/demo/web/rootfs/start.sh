#!/bin/sh
# Process 1 gets no signal it does not ask for: without the trap `docker stop` would wait ten seconds.
trap 'echo "web on $(hostname) stops"; kill "$server"; exit 0' TERM INT
date -u +%H:%M:%S > /started
echo "web on $(hostname) listens on port 80"
httpd -f -v -p 80 -h /www &
server=$!
wait "$server"
