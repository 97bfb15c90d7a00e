# shellcheck shell=bash
# Members that are taken for removed ones though they are in the member list. Sourced by converge.sh, and sent with
# observe.sh.

# marked_in DATABASE LIST: the members of LIST whose ID the database marks as removed. bbolt stores a key and its
# value side by side, here an ID and "removed"; 3.6 reads the marks, 3.5 does not.
marked_in() {
  local line
  while read -r line; do
    ! LC_ALL=C grep -qaF "$(field "$line" 1)removed" "$1" || echo "$(field "$line" 3) ($(field "$line" 1))"
  done <<<"$2"
}

# True when etcd ended since another member called it removed. Such an end is a clean exit: systemd starts nothing.
ended_as_removed() {
  is_down && journalctl --unit etcd --lines 40 --no-pager --output cat 2>/dev/null |
    grep -qF 'the member has been permanently removed from the cluster'
}
