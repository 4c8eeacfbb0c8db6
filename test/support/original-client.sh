#!/bin/bash
# Says to a server what the client of PiCluster 2.0 says to its own: `token` in the address, nothing where all are meant,
# the answer of an operation thrown away, and the log shown after a while. Names in the environment: SERVER (host:port),
# TOKEN, PAUSE (seconds, 5 in the original).
log() {
  sleep "${PAUSE:-5}"
  curl -s "http://$SERVER/log?token=$TOKEN"
}
operation() {
  curl -s "http://$SERVER/$1?token=$TOKEN&$2" >/dev/null
  log
}
case $1 in
  nodes | images | status | hb) operation "$1" "" ;;
  build) operation build "image=$2" ;;
  create | start | stop | restart | delete) operation "$1" "container=$2" ;;
  changehost) operation changehost "container=$2&newhost=$3" ;;
  clean) operation prune "" ;;
  reloadconfig | clearlog) operation "$1" "" ;;
  exec)
    curl -s -X POST -H "Content-Type: application/json" "http://$SERVER/exec" \
      -d '{"token":"'"$TOKEN"'","command":"'"$2"'","node":"*"}' >/dev/null
    log
    ;;
  log) curl -s "http://$SERVER/log?token=$TOKEN" ;;
esac
