#!/bin/sh
# What is done with a virtual address on a node, for dash and busybox sh, with the `ip`, `ping` and, for IPv4, `arping`
# of iputils or busybox. Whoever changes something runs behind guard.sh, which refuses what comes late.
#
# usage: vip.sh probe  ADDRESS DEVICE               what there is: one line a fact
#        vip.sh reach  TARGET...                    which of them answer a ping, one line each
#        vip.sh ask    ADDRESS DEVICE               does anybody else answer for it: answered, nobody, cannot
#        vip.sh grant  ADDRESS DEVICE lease|forever TIMES   have it, and announce it TIMES times
#        vip.sh remove ADDRESS                      not have it, on any device
#
# `lease` ends at PICTL_DEADLINE, in hundredths of a second of /proc/uptime: the kernel takes the address away then.
# Exit codes: 75 too late, 76 the address is not as it should be, 77 no such device, 78 no IPv6 on the device.
set -f
verb=$1 address=$2 device=$3
family=-4 whole=$address/32 conf=/proc/sys/net/ipv6/conf/$device
case $address in *:*) family=-6 whole=$address/128 ;; esac

# DEVICE ADDRESS/PREFIX LIFETIME of every place where the address is; the lifetime in seconds, forever, or tentative: an
# IPv6 address that does nothing before the kernel has heard that nobody else has it, nor ever if somebody has.
places() {
  ip "$family" -o addr show to "$address" | while read -r _ dev _ cidr rest; do
    case $rest in
      *tentative*) life=tentative ;;
      *valid_lft*) life=${rest#*valid_lft } life=${life%% *} life=${life%sec} ;;
      *) life=forever ;;
    esac
    echo "$dev $cidr $life"
  done
}

tell_places() {
  places | while read -r dev cidr life; do [ "$life" = tentative ] || echo "holds $life $dev $cidr"; done
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

family_works() {
  [ "$family" = -4 ] || [ "$(cat "$conf/disable_ipv6" 2>/dev/null)" = 0 ]
}

find_arping() {
  arping=
  if [ "$family" = -6 ]; then return; fi
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
# Both forms, because some gear heeds only one. Without arping, a ping from the address makes some of them look. Of a new
# IPv6 address the kernel tells everybody, once; the gateway, behind which all others are, hears of it by being looked for.
announce() {
  find_arping
  if [ -n "$arping" ]; then
    $arping -q -U -c 1 -I "$device" "$address" &
    $arping -q -A -c 1 -I "$device" "$address" &
    wait
  else
    if [ "$family" = -6 ]; then advertise; fi
    via=$(gateway)
    if [ -n "$change" ]; then ip "$family" neigh flush to "${via%\%*}" dev "$device"; fi
    ping -q -c 1 -W 1 -I "$address" "$via" || true
  fi
}

# What the kernel says of a new address (RFC 4861, 7.2.6), once more, where there is a Perl: multicasts get lost on radio.
advertise() {
  perl -MSocket=:all -e '
    my ($address, $link, $mac) = (inet_pton(AF_INET6, $ARGV[0]), $ARGV[1], $ARGV[2] =~ tr/://dr);
    socket(my $socket, AF_INET6, SOCK_RAW, 58) or die;
    setsockopt($socket, IPPROTO_IPV6, 18, 255) or die; # IPV6_MULTICAST_HOPS
    bind($socket, pack_sockaddr_in6(0, $address)) or die;
    my $advertisement = pack("C2 n N a16 C2 H12", 136, 0, 0, 0x20000000, $address, 2, 1, $mac);
    send($socket, $advertisement, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $link));
  ' "$address" "$(cat "/sys/class/net/$device/ifindex")" "$(cat "/sys/class/net/$device/address")" || true
}

gateway() {
  ip "$family" route show default dev "$device" | {
    read -r _ _ via _ || via=$address
    case $via in fe80:*) via=$via%$device ;; esac
    echo "$via"
  }
}

# In the background, so that nobody waits for it, and without the guard's lock. Never after the address has gone.
announce_often() {
  (
    left=$times change=
    if [ "$left" -gt 1 ]; then change=yes; fi
    while [ "$left" -gt 0 ] && [ -n "$(places)" ]; do
      announce
      left=$((left - 1))
      if [ "$left" -gt 0 ]; then sleep 0.3; fi
    done
  ) </dev/null >/dev/null 2>&1 8>&- 9>&- &
}

remove_places() {
  left=20
  while places | {
    read -r dev cidr _ && ip "$family" addr del "$cidr" dev "$dev" 2>/dev/null
  }; do
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then break; fi
  done
}

# The same address with another prefix length, or on another device, is another one to the kernel, and outlives ours.
# busybox's `ip` cannot tell them apart when it removes one: so all go, for a millisecond.
remove_others() {
  if places | while read -r dev cidr life; do
    if [ "$life" = tentative ]; then cidr=useless; fi
    echo "$dev $cidr"
  done | grep -qvxF "$device $whole"; then
    remove_places
  fi
}

# Whole seconds until the deadline.
lifetime() {
  life=forever
  if [ "$ends" = lease ]; then
    uptime_now
    life=$(((PICTL_DEADLINE - up) / 100))
    if [ "$life" -lt 1 ]; then return 75; fi
  fi
}

# An IPv6 address is given as deprecated, so that the node does not choose it for what it begins by itself.
give() {
  lifetime || return
  preferred=$life
  if [ "$family" = -6 ]; then preferred=0; fi
  ip "$family" addr replace "$whole" dev "$device" valid_lft "$life" preferred_lft "$preferred" || return 76
}

# A new IPv6 address would be tentative for up to two seconds. Whoever sends a grant has asked the network, so the kernel
# need not, and announces it at once. Where its settings cannot be written, the kernel asks, and is waited for.
give_new() (
  dad=$(cat "$conf/accept_dad") notify=$(cat "$conf/ndisc_notify")
  trap 'echo "$dad" >"$conf/accept_dad"; echo "$notify" >"$conf/ndisc_notify"' EXIT
  trap 'exit 76' HUP INT TERM
  echo 0 >"$conf/accept_dad"
  if [ "$times" -gt 0 ]; then echo 1 >"$conf/ndisc_notify"; fi
  give || exit
  tries=25
  while [ -z "$(tell_places)" ]; do
    if [ "$tries" -eq 0 ]; then exit 76; fi
    sleep 0.1
    tries=$((tries - 1))
  done
  # The kernel does this after it has announced the address; not before that, the settings are put back.
  give
) 2>/dev/null

case $verb in
  probe)
    [ -e "/sys/class/net/$device" ] && echo device
    carrier && echo carrier
    family_works || echo off
    tell_places
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
    # What is remembered of who had it is no answer.
    ip "$family" neigh flush to "$address" dev "$device" >/dev/null 2>&1
    # A ping finds one that does not answer to this form of ARP, and stands in where there is no arping.
    ping -q -c 1 -W 1 -I "$device" "$address" >/dev/null 2>&1 &
    if [ -n "$arping" ]; then
      $arping -q -D -c 2 -w 1 -I "$device" "$address" >/dev/null 2>&1
      case $? in 0) heard=nobody ;; 1) heard=answered ;; esac
    fi
    if wait $!; then heard=answered; fi
    if [ -z "$heard" ]; then
      case $(ip "$family" neigh show "$address" dev "$device") in
        *FAILED* | *INCOMPLETE*) heard=nobody ;;
        *lladdr*) heard=answered ;;
        *) heard=cannot ;;
      esac
    fi
    echo "$heard"
    ;;
  grant)
    [ -e "/sys/class/net/$device" ] || exit 77
    family_works || exit 78
    ends=$4 times=$5
    lifetime || exit
    remove_others
    if [ "$family" = -6 ] && [ -z "$(places)" ]; then
      give_new || { code=$? && remove_places && exit "$code"; }
    else
      give || exit
    fi
    if [ "$ends" = lease ]; then
      # A kernel or an `ip` that knows no lifetimes would have given it for ever; and the check above may be long ago.
      uptime_now
      now=$(places | while read -r dev cidr life; do [ "$dev $cidr" = "$device $whole" ] && echo "$life"; done)
      case $now in
        '' | forever) remove_places && exit 76 ;;
      esac
      if [ "$up" -ge "$PICTL_DEADLINE" ]; then remove_places && exit 75; fi
    fi
    announce_often
    tell_places
    ;;
  remove)
    remove_places
    [ -z "$(places)" ] || exit 76
    echo removed
    ;;
esac
