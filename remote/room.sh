# shellcheck shell=bash
# Room on the data disk for what is written beside the database. etcd ends when its disk is full, so a copy that does
# not fit is refused before its first byte.
#
# Needs: cluster.sh, lib.sh, reasons.sh.
# Gives: database_mib, all_but_newest, reasons_against_copies, drop_old_archives, STAMP.

# For etcd's own log and database meanwhile.
SPARE_MIB=256

free_mib() { df --output=avail --block-size=1M "$DISK_MOUNT" | tail -n1 | tr -d ' '; }

# database_mib ENDPOINT: rounded up; nothing when the member does not say.
database_mib() {
  local size
  size=$(database_size "$1")
  [[ -z $size ]] || echo $((size / 1048576 + 1))
}

# How the program names what it keeps, by the time; what has another name is not the program's.
STAMP='[0-9]*T[0-9]*Z'

# all_but_newest COUNT DIR PATTERN: of what has its time as its name.
all_but_newest() { find "$2" -maxdepth 1 -name "$3" 2>/dev/null | sort | head -n -"$1"; }

# What may go when room is short, in this order: all archives but the newest, all snapshots but the newest.
dispensable() {
  all_but_newest 1 "$DISK_MOUNT" "archive-$STAMP"
  all_but_newest 1 "$DISK_MOUNT/snapshots" "$STAMP.db"
}

# reasons_against_copies COUNT MIB WHAT ENDPOINT…: nothing when so many copies of the largest of these members'
# databases, and MIB, are free beside what etcd needs. Makes room where that is enough.
reasons_against_copies() {
  local what=$3 need=0 size endpoint free spare=0 victims=() victim
  for endpoint in "${@:4}"; do
    size=$(database_mib "$endpoint")
    if [[ -z $size ]]; then
      reason MEMBER_UNHEALTHY "$endpoint does not say how large its database is, so it is unknown whether the data disk can hold a copy"
      return 0
    fi
    ((size <= need)) || need=$size
  done
  need=$(($1 * need + $2 + SPARE_MIB))
  free=$(free_mib)
  if ((free >= need)); then return 0; fi
  mapfile -t victims < <(dispensable)
  ((${#victims[@]} == 0)) || spare=$(du --block-size=1M --summarize --total "${victims[@]}" | tail -n1 | cut -f1)
  if ((free + spare < need)); then
    reason DATA_DISK_FULL "the data disk has $free MiB free, and $what $need MiB; remove $DISK_MOUNT/archive-* that are not needed any more, or raise dataDiskSizeGb"
    return 0
  fi
  for victim in "${victims[@]}"; do
    (($(free_mib) < need)) || break
    log "freeing space for $what: removing $victim"
    rm -rf "$victim" || true
  done
  (($(free_mib) >= need)) ||
    reason DATA_DISK_FULL "the data disk has less than the $need MiB that $what, though archives and snapshots were removed; look at 'df -h $DISK_MOUNT'"
}

# Once a member has joined, what an earlier one left behind is not needed; the newest is kept, to be looked at.
drop_old_archives() { all_but_newest 1 "$DISK_MOUNT" "archive-$STAMP" | xargs -r -d '\n' rm -rf; }
