# shellcheck shell=bash
# Why etcd has ended: members that are taken for removed ones though they are in the member list, and data that etcd
# cannot read.
#
# Needs: cluster.sh, lib.sh.
# Gives: holds, marked_in, ended_as_removed, is_between_starts, ended_on_its_data, how_it_ended.

# holds TEXT DATABASE: 1 when it does not, 2 when it cannot be read. By its zero bytes: its lines can be gigabytes.
holds() { LC_ALL=C grep -qazF "$1" "$2"; }

# marked_in DATABASE LIST: the members of LIST whose ID the database marks as removed. bbolt stores a key and its
# value side by side, here an ID and "removed"; 3.6 reads the marks, 3.5 does not. One line; fails when the database
# cannot be read.
marked_in() {
  local line marked='' status
  while read -r line; do
    status=0
    holds "$(field "$line" 1)removed" "$1" || status=$?
    ((status <= 1)) || return 1
    ((status == 1)) || marked+=", $(field "$line" 3) ($(field "$line" 1))"
  done <<<"$2"
  printf '%s\n' "${marked#, }"
}

# True when etcd ended since another member called it removed. Such an end is a clean exit: systemd starts nothing.
ended_as_removed() {
  # Not through a pipe: under pipefail a grep that has seen enough fails it.
  is_down && [[ $(journalctl --unit etcd --lines 40 --no-pager --output cat 2>/dev/null) == *'the member has been permanently removed from the cluster'* ]]
}

# What etcd says, before it ends, of a log or a database that it cannot go on from; full disks and keys that it may not
# read are none of it.
UNREADABLE='is out of range \[lastIndex|crc mismatch|wal: (file not found|slice bounds|unexpected)|walpb: |failed to recover v3 backend|failed to find database snapshot|invalid database|invalid page type|checksum error|page [0-9]+ already freed|assertion failed: Page|snap: (no available snapshot|empty snapshot|snapshot file)|proto: (illegal|wrong) wireType|failed to read WAL, cannot be repaired|error unmarshalling'

is_between_starts() { [[ $(systemctl show etcd --property SubState --value) == auto-restart ]]; }

# True when etcd ends at each start, or has ended, over its own data.
ended_on_its_data() {
  has_wal && [[ $(journalctl --unit etcd --lines 80 --no-pager --output cat 2>/dev/null) =~ $UNREADABLE ]] || return 1
  # For a moment around each end the unit is in neither state.
  for _ in {1..20}; do
    if is_down || is_between_starts; then return 0; fi
    sleep 0.1
  done
  return 1
}

# how_it_ended: nothing for any other end.
how_it_ended() {
  if ended_as_removed; then
    echo 'as removed'
  elif ended_on_its_data; then
    echo 'on its data'
  fi
}
