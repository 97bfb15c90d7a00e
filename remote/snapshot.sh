# shellcheck shell=bash
# A snapshot on this node's data disk, taken before what cannot be undone. Sourced by converge.sh.

SNAPSHOTS=$DISK_MOUNT/snapshots
KEEP_SNAPSHOTS=3

# fetch_snapshot ENDPOINT FILE
fetch_snapshot() {
  CTL_LIMIT_S=300 telling ctl_with "$ETC" --command-timeout=290s --endpoints="$1" snapshot save "$2"
}

# A whole snapshot is a database of 512-byte pages and a sha256.
is_whole() { (($(stat -c %s "$1") % 512 == 32)); }

# save_snapshot ENDPOINT: saves one member's data, checks it and drops all but the newest snapshots. SAVED_SNAPSHOT
# is the file.
save_snapshot() {
  local file
  install -d -m 0700 "$SNAPSHOTS"
  # Where etcdctl that was killed has left off.
  rm -f "$SNAPSHOTS"/*.part
  file=$SNAPSHOTS/$(date -u +%Y%m%dT%H%M%SZ).db
  fetch_snapshot "$1" "$file" ||
    die SNAPSHOT_FAILED "no snapshot of $1 could be saved to $file, so nothing was changed; is there room on the data disk? ($(df -h --output=avail "$DISK_MOUNT" | tail -n1 | tr -d ' ') free)"
  if ! is_whole "$file"; then
    # It would take a whole one's place among the newest.
    rm -f "$file"
    die SNAPSHOT_FAILED "the snapshot $file is cut off; nothing was changed"
  fi
  log "saved a snapshot to $file"
  # shellcheck disable=SC2034 # minor.sh reads it
  SAVED_SNAPSHOT=$file
  find "$SNAPSHOTS" -maxdepth 1 -name '*.db' | sort | head -n -"$KEEP_SNAPSHOTS" | xargs -r rm -f
}
