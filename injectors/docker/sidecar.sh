# Program of every sidecar. Three functions of one fault precede it: apply_fault, check_presence, revert_fault.
#   check_presence returns 0 if the fault is present, 1 if it is absent, 2 if it is partly there or was changed,
#   4 if only something is left that somebody renamed or replaced: it prints what, and a revert leaves it.
# usage: hold SECONDS | lease-end | presence | once check_presence|revert_until_absent|apply_fault
# `hold` prints "present" once the fault is, and extends its lease by SECONDS at each USR1; it exits with 0 after the
# revert, and with 3 if the fault could not be applied. `once` prints the exit code in its last line: a container that
# the engine removes at its end cannot be asked. `lease-end` prints the end of the lease in seconds since the machine
# started, and fails once it is over.
# Works in the shells of busybox, Alpine and Debian. Uptime is not affected by changes of the clock.

uptime_s() { read -r up _ </proc/uptime; echo "${up%.*}"; }

revert_until_absent() {
  while :; do
    revert_fault
    check_presence >/dev/null
    case $? in 1 | 4) return 0 ;; esac
    sleep 1
  done
}

renew_lease() {
  lease_end=$(($(uptime_s) + seconds))
  echo $lease_end >/tmp/lease-end.new && mv /tmp/lease-end.new /tmp/lease-end
}

revert_and_exit() {
  trap '' TERM INT USR1
  trap - EXIT
  revert_until_absent
  exit "$1"
}

case $1 in
hold)
  seconds=$2 renewal_requested=
  trap 'revert_and_exit 0' TERM INT
  trap revert_until_absent EXIT
  # the handler only sets a variable: a signal may interrupt any line, and many may come at once
  trap 'renewal_requested=yes' USR1
  renew_lease
  apply_fault || revert_and_exit 3
  echo present
  while [ "$(uptime_s)" -lt "$lease_end" ]; do
    [ -z "$renewal_requested" ] || { renewal_requested= && renew_lease; }
    sleep 1 &
    wait $!
  done
  revert_and_exit 0
  ;;
lease-end) [ "$(uptime_s)" -lt "$(cat /tmp/lease-end)" ] && cat /tmp/lease-end ;;
presence) check_presence ;;
once)
  "$2" 2>&1 # the order of lines from two streams is not defined
  printf '\nended %s\n' $?
  ;;
esac
