# What runs in a side container. Before it stand the functions of one fault: apply, shows, put_back.
#   shows: 0 the fault stands, 1 nothing of it is there, 2 some of it, or changed.
# usage: hold SECONDS | leased | shows | once shows|until_gone|apply
# `hold` says "stands" once it does, and holds on for SECONDS more at each USR1; it ends with 0 when all was put back.
# `once` says how that ended, in its last line: nobody can ask a container that the engine removes as it ends.
# `leased` says until when, in seconds since the machine started, and fails when that is over.
# Works with the shells of busybox, Alpine and Debian; time is the machine's own, which no clock change moves.

now() { read -r up _ </proc/uptime; echo "${up%.*}"; }

until_gone() {
  while :; do
    put_back
    shows
    [ $? -eq 1 ] && return
    sleep 1
  done
}

lease() {
  until=$(($(now) + seconds))
  echo $until >/tmp/until.new && mv /tmp/until.new /tmp/until
}

ends() {
  trap '' TERM INT USR1
  trap - EXIT
  until_gone
  exit "$1"
}

case $1 in
hold)
  seconds=$2 renewed=
  trap 'ends 0' TERM INT
  trap until_gone EXIT
  # no more than a word is written in a signal's hands: it may come at any line, and many at once
  trap 'renewed=yes' USR1
  lease
  apply || ends 3
  echo stands
  while [ "$(now)" -lt "$until" ]; do
    [ -z "$renewed" ] || { renewed= && lease; }
    sleep 1 &
    wait $!
  done
  ends 0
  ;;
leased) [ "$(now)" -lt "$(cat /tmp/until)" ] && cat /tmp/until ;;
shows) shows ;;
once)
  "$2" 2>&1 # of two streams nobody knows which ends last
  printf '\nended %s\n' $?
  ;;
esac
