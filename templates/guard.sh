#!/bin/sh
# The last word on a node before a change: is this still the boot, the time and the leader it was meant for? A command
# that was sent into a cut line arrives when the line heals, long after its client has ended; here it ends too.
#
# usage: guard.sh run   TOKEN CLUSTER BOOT DEADLINE EPOCH OWNER LOCK COMMAND
#        guard.sh claim TOKEN CLUSTER BOOT DEADLINE EPOCH OWNER TTL MARKS ELECTORATE
#
# Times are hundredths of a second, on the clock of /proc/uptime. Empty BOOT, DEADLINE, EPOCH: not checked.
# `run` becomes `sh -c COMMAND`, with stdin, stdout, stderr and exit code its own. LOCK, if not empty, is held while it
# runs, and the deadline is told to it as PICTL_DEADLINE. A refusal is "TOKEN WHY …" on stderr and an exit code of 180 to 184:
# the command was not begun.
# `claim` asks this node to promise OWNER for TTL that it will obey nobody else, and prints
# "claimed|refused EPOCH OWNER LEFT BOOT UPTIME MARKED MARKS" with what holds afterwards. Epoch 0 only looks. MARKS is a
# word that OWNER wants remembered, and MARKED the epoch in which that was claimed; empty MARKS leave both as they are.
# ELECTORATE is a part of such a word, and added to what is remembered: who stands for election tells who is to elect him.
# Without a flock program it is "TOKEN flock" and an exit code of 185: two claims at one instant might both be promised.
#
# STATE/promise: "EPOCH OWNER TTL MARKED MARKS", durable. RUN/until: "UNTIL BOOT"; gone after a reboot, and then the
# promise counts anew in full. Everybody may read them, and nobody else may write there or open the lock files.
set -f
verb=$1 token=$2 cluster=$3 boot=$4 deadline=$5 epoch=$6 owner=$7 extra=$8 command=$9
electorate=${10-}

refuse() {
  code=$1
  shift
  echo "$token $*" >&2
  exit "$code"
}

# 100 + fraction: "08" alone would be read as a bad octal number.
look_at_clock() {
  read -r up _ </proc/uptime
  up=$((${up%.*} * 100 + 1${up#*.} - 100))
}

# Waits two seconds at most. Without a flock program the checks are made all the same.
take_lock() {
  command -v flock >/dev/null || return 0
  tries=20
  until flock -n "$1"; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then refuse 183 busy; fi
    sleep 0.1
  done
}

read_promise() {
  stored=0 holder=- ttl=0 marked=0 marks=- left=0 until=0 since=
  if [ -r "$1/promise" ]; then read -r stored holder ttl marked marks <"$1/promise"; fi
  if [ -r "$2/until" ]; then read -r until since <"$2/until"; fi
  if [ "$since" = "$booted" ]; then left=$((until - up)); else left=$ttl; fi
  if [ "$left" -lt 0 ]; then left=0; fi
}

# The epoch is durable before anything is done in its name: a node that forgot it would obey an older leader.
store_promise() {
  if [ "$1 $2 $3 $4 $5" != "$stored $holder $ttl $marked $marks" ]; then
    { echo "$1 $2 $3 $4 $5" >"$state/promise.new" && sync_file "$state/promise.new" &&
      mv "$state/promise.new" "$state/promise" && sync_file "$state"; } 2>/dev/null || refuse 184 state "$state"
  fi
  stored=$1 holder=$2 ttl=$3 marked=$4 marks=$5
}

store_until() {
  { echo "$1 $booted" >"$run/until.new" && mv "$run/until.new" "$run/until"; } 2>/dev/null || refuse 184 state "$run"
}

# Whoever else may write in a folder, or has put a link in its place, could have us write anywhere. Lock files that others
# can open, which an older pictl has made, they can hold as well.
check_folders() {
  # shellcheck disable=SC2012 # find knows modes only where busybox was built so.
  ls -ldn "${state%/*}" "$state" "${run%/*}" "$run" "$run/guard.lock" 2>/dev/null | while read -r mode _ by _; do
    case $mode in
      d????-??-*) [ "$by" = "$me" ] || exit 1 ;;
      -???------*) ;;
      -*) chmod 600 "$run/guard.lock" "$run/vip.lock" 2>/dev/null || true ;;
      d* | l*) exit 1 ;;
    esac
  done || refuse 184 unsafe "$state"
}

sync_file() {
  sync "$1" 2>/dev/null || sync
}

check_time() {
  look_at_clock
  if [ -n "$boot" ] && [ "$boot" != "$booted" ]; then refuse 181 rebooted; fi
  if [ -n "$deadline" ] && [ "$up" -gt "$deadline" ]; then refuse 180 late "$((up - deadline))"; fi
}

# A greater epoch was given by a majority of the nodes; an equal one may be ours, or that of somebody who has lost.
check_leader() {
  read_promise "$1" "$2"
  if [ "$epoch" -lt "$stored" ]; then refuse 182 superseded "$stored" "$holder"; fi
  if [ "$epoch" -eq "$stored" ] && [ "$owner" != "$holder" ] && [ "$left" -gt 0 ]; then
    refuse 182 superseded "$stored" "$holder"
  fi
}

obey() {
  # A login that is not root keeps its own state, and heeds root's.
  if [ "$state" != "$root_state" ]; then check_leader "$root_state" "$root_run"; fi
  check_leader "$state" "$run"
  if [ "$owner" = "$holder" ]; then
    store_promise "$epoch" "$owner" "$ttl" "$marked" "$marks"
  else
    store_promise "$epoch" "$owner" 0 "$marked" "$marks"
    store_until 0
  fi
}

claim() {
  read_promise "$state" "$run"
  answer=refused
  if [ "$epoch" -gt 0 ] && [ "$epoch" -ge "$stored" ]; then
    if [ "$owner" = "$holder" ] || { [ "$left" -eq 0 ] && [ "$epoch" -gt "$stored" ]; }; then
      # Never shorter than what was promised before.
      if [ "$left" -lt "$extra" ]; then left=$extra; else extra=$ttl; fi
      if [ -n "$command" ]; then marked_now=$epoch; else marked_now=$marked; fi
      words=${command:-$marks}
      case ${electorate:+,$words,} in
        '' | *",$electorate,"*) ;;
        ,-,) words=$electorate ;;
        *) words=$words,$electorate ;;
      esac
      store_promise "$epoch" "$owner" "$extra" "$marked_now" "$words"
      store_until "$((up + left))"
      answer=claimed
    fi
  fi
  # What was promised before a reboot begins to run out with the first contact.
  if [ "$answer" = refused ] && [ "$since" != "$booted" ] && [ "$ttl" -gt 0 ]; then store_until "$((up + ttl))"; fi
  echo "$answer $stored $holder $left $booted $up $marked $marks"
}

read -r booted </proc/sys/kernel/random/boot_id
root_state=/var/lib/pictl/$cluster root_run=/run/pictl/$cluster
state=$root_state run=$root_run
# As `id -u` says, without starting a program at each command.
while read -r field _ me _; do [ "$field" != Uid: ] || break; done </proc/self/status
if [ "$me" != 0 ]; then state=$HOME/.local/state/pictl/$cluster run=$state; fi

if [ "$verb" = run ] && [ -z "$epoch$extra" ]; then
  check_time
  exec sh -c "$command"
fi

if [ "$verb" = claim ] && ! command -v flock >/dev/null; then refuse 185 flock; fi

mask=$(umask)
umask 022
if ! [ -d "$state" ] || ! [ -d "$run" ]; then mkdir -p "$state" "$run" 2>/dev/null; fi
check_folders
umask 077
if ! { true >>"$run/guard.lock"; } 2>/dev/null; then refuse 184 state "$run"; fi
if [ "$verb" = run ] && [ -n "$extra" ]; then
  exec 8>>"$run/$extra.lock"
  take_lock 8
  export PICTL_DEADLINE="$deadline"
fi
exec 9>>"$run/guard.lock"
umask 022
take_lock 9
check_time
if [ "$verb" = claim ]; then
  claim
  exit
fi
if [ -n "$epoch" ]; then obey; fi
exec 9>&-
umask "$mask"
exec sh -c "$command"
