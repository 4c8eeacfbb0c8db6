#!/bin/sh
# What is done with a virtual address on a node, for dash and busybox sh, with the `ip`, `ping` and, for IPv4, `arping`
# of iputils or busybox. Whoever changes something runs behind guard.sh, which refuses what comes late.
#
# usage: vip.sh probe  CLUSTER ADDRESS DEVICE       what there is: one line a fact
#        vip.sh survey CLUSTER [ADDRESS...]         what pictl has given this node, and whether these are somebody else's
#        vip.sh check  CLUSTER                      the folders that a grant needs and that cannot be written
#        vip.sh reach  TARGET...                    which of them answer a ping, one line each
#        vip.sh ask    ADDRESS DEVICE               does anybody else answer for it: answered, nobody, cannot
#        vip.sh grant  CLUSTER ADDRESS DEVICE lease|forever TIMES   have it, and announce it TIMES times
#        vip.sh remove CLUSTER ADDRESS DEVICE       not have what pictl has given; DEVICE as for `legacy` below
#
# `lease` ends at PICTL_DEADLINE, in hundredths of a second of /proc/uptime: the kernel takes the address away then.
# Exit codes: 74 a folder cannot be written, 75 too late, 76 the address is not as it should be, 77 no such device,
# 78 no IPv6 on the device, 79 the node has the address from somebody else.
#
# What pictl has given is written down before it is given, in MARKS/ADDRESS: "DEVICE UNTIL BOOT", UNTIL in hundredths
# of a second or `forever`. KEPT/ADDRESS on the disk says the same, for when somebody clears /run; UNTIL is `lease` there,
# so that no renewal writes to a disk. Just that address, as a network of its own on that device, is ever changed or
# removed: any other place of it is somebody else's, and may be what the node is reached by. A file is what every `ip`
# and every kernel can do; labels are for IPv4 and short names of devices only, and `proto` is younger than the nodes.
set -f
verb=$1 cluster=$2 address=$3 device=$4
if [ "$verb" = ask ]; then address=$2 device=$3; fi
marks=/run/pictl/$cluster/vip
kept=/var/lib/pictl/$cluster/vip

# Everything that follows is about this address.
about() {
  address=$1 family=-4 whole=$1/32
  case $address in *:*) family=-6 whole=$address/128 ;; esac
  mark=$marks/$address keep=$kept/$address given='' until='' since=''
  read -r booted </proc/sys/kernel/random/boot_id
  read_mark "$mark" || read_mark "$keep" || given=
  # A lease that nobody has renewed was ended by the kernel: what is there long after that came from somebody else.
  if [ -n "$given" ] && [ "$until" != forever ] && [ "$until" != lease ]; then
    uptime_now
    if [ "$up" -gt "$((until + 1000))" ]; then given=; fi
  fi
  # pictl before this version wrote nothing down, but left its lock in this boot. It is never the first address of a
  # device, by which the node itself may be known.
  legacy=
  if [ -z "$given" ] && [ -n "$device" ] && [ -e "/run/pictl/$cluster/vip.lock" ]; then
    legacy=$device
    if [ "$family" = -4 ] && [ "$(ip -4 -o addr show dev "$device" | cidrs | head -n 1)" = "$whole" ]; then legacy=; fi
  fi
}

# Of this boot.
read_mark() {
  [ -r "$1" ] && read -r given until since <"$1" && [ "$since" = "$booted" ]
}

cidrs() {
  while read -r _ _ _ cidr _; do echo "$cidr"; done
}

# WHOSE DEVICE ADDRESS/PREFIX LIFETIME of every place where the address is. WHOSE is ours or foreign; the lifetime in
# seconds, forever, or tentative: an IPv6 address that does nothing before the kernel has heard that nobody else has it,
# nor ever if somebody has.
places() {
  ip "$family" -o addr show to "$address" | while read -r _ dev _ cidr rest; do
    case $rest in
      *tentative*) life=tentative ;;
      *valid_lft*) life=${rest#*valid_lft } life=${life%% *} life=${life%sec} ;;
      *) life=forever ;;
    esac
    whose=foreign
    if [ "$cidr" = "$whole" ]; then
      case $dev in
        # The disk does not know what has ended: what is there without an end was not given for a time.
        "$given") [ "$until$life" = leaseforever ] || whose=ours ;;
        # An IPv6 address of ours is deprecated, as a node's own is not.
        "$legacy") case $family$rest in -4* | *deprecated*) whose=ours ;; esac ;;
      esac
    fi
    echo "$whose $dev $cidr $life"
  done
}

ours() {
  places | grep '^ours '
}

tell_places() {
  places | while read -r whose dev cidr life; do
    case $whose$life in
      ourstentative) ;;
      ours*) echo "holds $life $dev $cidr" ;;
      *) echo "foreign $dev $cidr" ;;
    esac
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

family_works() {
  conf=/proc/sys/net/ipv6/conf/$device
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
    while [ "$left" -gt 0 ] && [ -n "$(ours)" ]; do
      announce
      left=$((left - 1))
      if [ "$left" -gt 0 ]; then sleep 0.3; fi
    done
  ) </dev/null >/dev/null 2>&1 8>&- 9>&- &
}

# Where somebody else has the address on the same device, with another prefix length, busybox's `ip` would remove
# whichever comes first. The kernel is exact when it ends one.
remove_ours() {
  left=20
  while ours | {
    read -r _ dev cidr _ || exit
    if places | grep -q "^foreign $dev "; then
      ip "$family" addr replace "$cidr" dev "$dev" valid_lft 1 preferred_lft 1 || exit
      tries=25
      while ours | grep -q "^ours $dev " && [ "$tries" -gt 0 ]; do
        sleep 0.1
        tries=$((tries - 1))
      done
    else
      ip "$family" addr del "$cidr" dev "$dev" 2>/dev/null
    fi
  }; do
    left=$((left - 1))
    if [ "$left" -eq 0 ]; then break; fi
  done
}

# On another device it outlives what is given here.
remove_others() {
  if ours | while read -r _ dev cidr life; do
    if [ "$life" = tentative ]; then cidr=useless; fi
    echo "$dev $cidr"
  done | grep -qvxF "$device $whole"; then
    remove_ours
  fi
}

# Before it is given: an address that nobody has written down stays for ever. What serves is renewed on a full disk, too.
write_mark() {
  until=forever
  if [ "$ends" = lease ]; then until=$PICTL_DEADLINE; fi
  # Who looks at it may not be root.
  (
    umask 022
    write_keep || [ -n "$(ours)" ] || exit
    mkdir -p "$marks" && echo "$device $until $booted" >"$mark.new" && mv "$mark.new" "$mark"
  ) 2>/dev/null || return 74
  given=$device
}

write_keep() {
  line="$device $ends $booted"
  [ "$(cat "$keep")" = "$line" ] || { mkdir -p "$kept" && echo "$line" >"$keep.new" && mv "$keep.new" "$keep"; }
}

forget() {
  remove_ours
  [ -n "$(ours)" ] || rm -f "$mark" "$keep"
}

# Whole seconds until the deadline. The guard has looked at it too, but may have hung on a disk since.
lifetime() {
  life=forever
  uptime_now
  if [ "$ends" = lease ]; then
    life=$(((PICTL_DEADLINE - up) / 100))
    if [ "$life" -lt 1 ]; then return 75; fi
  elif [ -n "$PICTL_DEADLINE" ] && [ "$up" -gt "$PICTL_DEADLINE" ]; then
    return 75
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

# A small file is written, since neither permissions nor a mount's options tell of a full or failing disk.
can_write() {
  folder=$1 wrote=no
  until [ -d "$folder/" ]; do folder=${folder%/*}; done
  if { echo pictl >"$folder/.pictl-check.$$"; } 2>/dev/null; then wrote=yes; fi
  rm -f "$folder/.pictl-check.$$" 2>/dev/null
  [ "$wrote" = yes ]
}

if [ "$verb" != reach ] && [ -n "$address" ]; then about "$address"; fi
case $verb in
  probe)
    [ -e "/sys/class/net/$device" ] && echo device
    carrier && echo carrier
    family_works || echo off
    tell_places
    ip "$family" -o addr show dev "$device" scope global 2>/dev/null | cidrs | head -n 50 | while read -r cidr; do
      echo "network $cidr"
    done
    echo end
    ;;
  survey)
    shift 2
    device=
    for address; do
      about "$address"
      places | while read -r whose dev cidr _; do [ "$whose" = ours ] || echo "foreign $address $dev $cidr"; done
    done
    set +f
    for found in "$marks"/* "$kept"/*; do
      about "${found##*/}"
      if [ "$found" = "$keep" ] && [ -e "$mark" ]; then continue; fi
      if [ -n "$(ours)" ]; then echo "given $address"; fi
    done
    echo end
    ;;
  check)
    for folder in "/var/lib/pictl/$cluster" "$marks"; do
      can_write "$folder" || echo "cannot-write $folder"
    done
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
    ends=$5 times=$6
    lifetime || exit
    if [ -z "$(ours)" ] && places | grep '^foreign '; then exit 79; fi
    remove_others
    write_mark || exit
    if [ "$family" = -6 ] && [ -z "$(ours)" ]; then
      give_new || { code=$? && forget && exit "$code"; }
    else
      give || exit
    fi
    if [ "$ends" = lease ]; then
      # A kernel or an `ip` that knows no lifetimes would have given it for ever; and the check above may be long ago.
      uptime_now
      now=$(ours | while read -r _ dev cidr life; do [ "$dev $cidr" = "$device $whole" ] && echo "$life"; done)
      case $now in
        '' | forever) forget && exit 76 ;;
      esac
      if [ "$up" -ge "$PICTL_DEADLINE" ]; then forget && exit 75; fi
    fi
    announce_often
    tell_places
    ;;
  remove)
    forget
    [ -z "$(ours)" ] || exit 76
    echo removed
    ;;
esac
