#!/bin/sh
# GET /: busybox httpd runs this when a folder has no index.html.
printf 'Content-Type: application/json\r\n\r\n'
printf '{"container": "%s", "time": "%s", "ticks": %s}\n' "$(hostname)" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(cat /ticks)"
