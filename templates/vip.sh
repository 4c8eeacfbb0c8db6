#!/bin/sh
# What is done with a virtual IPv4 address on a node, for dash and busybox sh, with the `ip`, `ping` and `arping` of
# iputils or busybox. Whoever changes something runs behind guard.sh, which refuses what comes late.
#
# usage: vip.sh probe  ADDRESS DEVICE               what there is: one line a fact
#        vip.sh reach  TARGET...                    which of them answer a ping, one line each
#        vip.sh ask    ADDRESS DEVICE               does anybody else answer for it: answered, nobody, cannot
#        vip.sh grant  ADDRESS DEVICE lease|forever TIMES   have it, and announce it TIMES times
#        vip.sh remove ADDRESS                      not have it, on any device
#
# `lease` ends at PICTL_DEADLINE, in hundredths of a second of /proc/uptime: the kernel takes the address away then.
# Exit codes: 75 too late, 76 the address is not as it should be, 77 no such device.
set -f
verb=$1 address=$2 device=$3

# DEVICE ADDRESS/PREFIX LIFETIME of every place where the address is; the lifetime in seconds, or forever.
places() {
  ip -4 -o addr show to "$address" | while read -r _ dev _ cidr rest; do
    life=forever
    case $rest in *valid_lft\ *sec*) life=${rest#*valid_lft } life=${life%%sec*} ;; esac
    echo "$dev $cidr $life"
  done
}

uptime_now() {
  read -r up _ </proc/uptime
  # 100 + fraction: "08" alone would be read as a bad octal number.
  up=$((${up%.*} * 100 + 1${up#*.} - 100))
}

carrier() {
  read -r plugged 2>/dev/null <"/sys/class/net/$device/carrier" || plugged=0
  [ "$plugged" = 1 ]
}

find_arping() {
  arping=
  if command -v arping >/dev/null; then
    case $(arping -V 2>&1) in
      *iputils*) arping=arping ;;
      *BusyBox*) arping=arping ;;
    esac
  fi
  if [ -z "$arping" ] && command -v busybox >/dev/null && busybox arping --help >/dev/null 2>&1; then
    arping="busybox arping"
  fi
}

# Neighbours believe what they have heard until they hear something else: a busy client keeps a wrong address for 48 s.
# Both forms, because some gear heeds only one. Without arping, a ping from the address makes some of them look.
announce() {
  find_arping
  if [ -n "$arping" ]; then
    $arping -q -U -c 1 -I "$device" "$address" &
    $arping -q -A -c 1 -I "$device" "$address" &
    wait
  else
    ping -q -c 1 -W 1 -I "$address" "$(gateway)" || true
  fi
}

gateway() {
  ip -4 route show default dev "$device" | { read -r _ _ via _ && echo "$via"; } || echo "$address"
}

# In the background, so that nobody waits for it, and without the guard's lock. Never after the address has gone.
announce_often() {
  (
    times=$1
    while [ "$times" -gt 0 ] && [ -n "$(places)" ]; do
      announce
      times=$((times - 1))
      if [ "$times" -gt 0 ]; then sleep 0.3; fi
    done
  ) </dev/null >/dev/null 2>&1 8>&- 9>&- &
}

remove_places() {
  left=20
  while places | {
    read -r dev cidr _ && ip -4 addr del "$cidr" dev "$dev" 2>/dev/null
  }; do
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then break; fi
  done
}

# The same address with another prefix length, or on another device, is another one to the kernel, and outlives ours.
# busybox's `ip` cannot tell them apart when it removes one: so all go, for a millisecond.
remove_others() {
  if places | while read -r dev cidr _; do echo "$dev $cidr"; done | grep -qvxF "$device $address/32"; then
    remove_places
  fi
}

case $verb in
  probe)
    [ -e "/sys/class/net/$device" ] && echo device
    carrier && echo carrier
    places | while read -r dev cidr life; do echo "holds $life $dev $cidr"; done
    find_arping
    echo "arping ${arping:-none}"
    echo end
    ;;
  reach)
    shift
    for target; do
      { ping -q -c 1 -W 1 "$target" >/dev/null 2>&1 && echo "reaches $target"; } &
    done
    wait
    echo end
    ;;
  ask)
    carrier || { echo cannot && exit; }
    find_arping
    heard=
    # A ping finds one that does not answer to this form of ARP, and stands in where there is no arping.
    ping -q -c 1 -W 1 -I "$device" "$address" >/dev/null 2>&1 &
    if [ -n "$arping" ]; then
      $arping -q -D -c 2 -w 1 -I "$device" "$address" >/dev/null 2>&1
      case $? in 0) heard=nobody ;; 1) heard=answered ;; esac
    fi
    if wait $!; then heard=answered; fi
    if [ -z "$heard" ]; then
      case $(ip -4 neigh show "$address" dev "$device") in *FAILED* | *INCOMPLETE*) heard=nobody ;; *) heard=cannot ;; esac
    fi
    echo "$heard"
    ;;
  grant)
    [ -e "/sys/class/net/$device" ] || exit 77
    life=forever
    if [ "$4" = lease ]; then
      uptime_now
      life=$(((PICTL_DEADLINE - up) / 100))
      if [ "$life" -lt 1 ]; then exit 75; fi
    fi
    remove_others
    ip -4 addr replace "$address/32" dev "$device" valid_lft "$life" preferred_lft "$life" || exit 76
    if [ "$4" = lease ]; then
      # A kernel or an `ip` that knows no lifetimes would have given it for ever; and the check above may be long ago.
      uptime_now
      now=$(places | while read -r dev cidr life; do [ "$dev $cidr" = "$device $address/32" ] && echo "$life"; done)
      case $now in
        '' | forever) remove_places && exit 76 ;;
      esac
      if [ "$up" -ge "$PICTL_DEADLINE" ]; then remove_places && exit 75; fi
    fi
    announce_often "$5"
    places | while read -r dev cidr life; do echo "holds $life $dev $cidr"; done
    ;;
  remove)
    remove_places
    [ -z "$(places)" ] || exit 76
    echo removed
    ;;
esac
