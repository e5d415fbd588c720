# What runs in a side container. Before it stand the functions of one fault: apply, shows, put_back.
#   shows: 0 the fault stands, 1 nothing of it is there, 2 some of it, or changed.
# usage: hold SECONDS | renew SECONDS | leased | shows | stands | put_back | try
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
  echo $(($(now) + $1)) >/tmp/until.new && mv /tmp/until.new /tmp/until
}

ends() {
  trap '' TERM INT
  until_gone
  exit "$1"
}

case $1 in
hold)
  trap 'ends 0' TERM INT
  lease "$2"
  apply || ends 3
  : >/tmp/stands
  while [ "$(now)" -lt "$(cat /tmp/until)" ]; do
    sleep 1 &
    wait $!
  done
  ends 0
  ;;
renew)
  [ "$(now)" -lt "$(cat /tmp/until)" ] || exit 9
  lease "$2"
  shows
  ;;
leased) [ "$(now)" -lt "$(cat /tmp/until)" ] && cat /tmp/until ;;
shows) shows ;;
stands) [ -e /tmp/stands ] ;;
put_back) until_gone ;;
try) apply ;;
esac
