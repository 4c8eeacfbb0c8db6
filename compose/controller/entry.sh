#!/bin/sh
# The controller of compose.yaml: runs what the config says, watches over it, and serves the console.
set -eu

# The daemon writes into it where containers are, so it is made once.
[ -e "$PICLUSTER_CONFIG" ] || (umask 077 && sed "s/NET/$NET/" /config.json >"$PICLUSTER_CONFIG")

# It is served on loopback, where it asks for no certificate; compose publishes this on the host's loopback only.
socat "TCP-LISTEN:3003,bind=$NET.2,fork,reuseaddr" TCP:127.0.0.1:3003 &

{
  pictl create || echo "Not all of it runs; the daemon goes on trying."
  while :; do
    pictl daemon || true
    sleep 2
  done
} &

exec pictl serve
