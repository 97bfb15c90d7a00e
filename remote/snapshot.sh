# shellcheck shell=bash
# A snapshot on this node's data disk, taken before what cannot be undone.
#
# Needs: answers.sh, cluster.sh, lib.sh, room.sh.
# Gives: fetch_snapshot, is_whole, save_snapshot, SAVED_SNAPSHOT.

SNAPSHOTS=$DISK_MOUNT/snapshots
KEEP_SNAPSHOTS=3

# A copy that has not grown for so long is given up.
STALL_S=${STALL_S:-120}

# fetch_snapshot ENDPOINT FILE: whatever became of the call, the file tells whether it is there. etcdctl writes
# FILE.part and renames it once it is whole.
fetch_snapshot() {
  local calling size
  size=$(database_mib "$1")
  # Without the node's lock, or whatever is left of it would keep the next phase out.
  exec {calling}< <(exec 9>&- && CTL_LIMIT_S=3600 telling ctl_with "$ETC" --command-timeout=3600s --endpoints="$1" snapshot save "$2")
  if ! wait_with_progress "$STALL_S" "the snapshot of $1 is saved, ${size:-?} MiB" "saved_of $2.part" has_ended "$calling"; then
    # By its words: it is a child of its time limit, not of this shell, and may be frozen.
    pkill -KILL -f "snapshot save $2\$" || true
    rm -f "$2.part"
  fi
  exec {calling}<&-
  [[ -e $2 ]]
}

# saved_of FILE: how far it is, as wait_with_progress takes it.
saved_of() {
  local bytes
  bytes=$(stat -c %s "$1" 2>/dev/null || echo 0)
  printf '%s %s MiB so far\n' "$bytes" $((bytes / 1048576))
}

# has_ended FD: whether the process at the other end of a pipe has ended. It says nothing.
has_ended() {
  local status=0
  read -r -t 1 -u "$1" || status=$?
  ((status <= 128))
}

# A whole snapshot is a database of 512-byte pages and a sha256.
is_whole() { (($(stat -c %s "$1") % 512 == 32)); }

# save_snapshot ENDPOINT: saves one member's data, for which there has to be room, checks it and drops all but the
# newest snapshots. SAVED_SNAPSHOT is the file.
save_snapshot() {
  local file
  install -d -m 0700 "$SNAPSHOTS"
  # What a killed etcdctl has left.
  rm -f "$SNAPSHOTS"/*.part
  file=$SNAPSHOTS/$(date -u +%Y%m%dT%H%M%SZ).db
  fetch_snapshot "$1" "$file" ||
    die SNAPSHOT_FAILED "no snapshot of $1 could be saved to $file, so nothing was changed; is there space on the data disk? ($(df -h --output=avail "$DISK_MOUNT" | tail -n1 | tr -d ' ') free)"
  if ! is_whole "$file"; then
    # Otherwise it would count as one of the newest three.
    rm -f "$file"
    die SNAPSHOT_FAILED "the snapshot $file is incomplete; nothing was changed"
  fi
  log "saved a snapshot to $file"
  # shellcheck disable=SC2034 # minor.sh reads it
  SAVED_SNAPSHOT=$file
  all_but_newest "$KEEP_SNAPSHOTS" "$SNAPSHOTS" "$STAMP.db" | xargs -r rm -f
}
