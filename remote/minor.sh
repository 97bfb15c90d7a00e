# shellcheck shell=bash
# What must be shown before a member starts another minor of etcd, and what is watched afterwards. Sourced by
# converge.sh, after goBack.sh, removed.sh, snapshot.sh and trial.sh. docs/develop/etcd-minors.md says what each step is for.

# Written before 3.5 and deleted again: nobody else uses it.
PROBE_KEY=etcd-on-gce/before-minor
WATCH_S=20

# What this member runs, or ran last.
current_version() {
  local running
  running=$(version_at "$LOCAL" etcdserver)
  printf '%s\n' "${running:-$(linked_version)}"
}

changes_minor() {
  local current
  current=$(current_version)
  [[ -n $current && ${current%.*} != "${OPT[version]%.*}" ]]
}

raises_minor() {
  local current
  current=$(current_version)
  [[ -n $current ]] && (($(minor_of "${OPT[version]}") > $(minor_of "$current")))
}

# Everything that is shown before this member restarts into another minor. LIST is the agreed member list.
# Going back while versions are mixed shows nothing new: the old release has run on this data.
prepare_minor() {
  local list=$1
  if ! raises_minor; then
    ! self_is_healthy || save_snapshot "$LOCAL"
    return 0
  fi
  refuse_on "$(reasons_against_room)"
  # 3.4 alone leaves its index behind.
  if (($(minor_of "$(current_version)") == 4)); then commit_index; fi
  refuse_on "$(reasons_in_others_data "$list")"
  save_snapshot "$LOCAL"
  refuse_on "$(reasons_in_data "$SAVED_SNAPSHOT" "$list" "this member's data")"
  refuse_on "$(reasons_from_trial "$SAVED_SNAPSHOT" "$list")"
}

# etcd 3.4 moves the index up to which its database counts as applied at key-value writes alone. 3.5 applies the
# entries after it a second time, takes members that come later for leftovers and marks them as removed.
commit_index() {
  local probe revision
  probe=$(</proc/sys/kernel/random/uuid)
  ctl --endpoints="$LOCAL" put "$PROBE_KEY" "$probe" >/dev/null ||
    die_seeing_others "no write was possible before the upgrade to ${OPT[version]}; nothing was changed on ${OPT[name]}"
  revision=$(status_field "$LOCAL" Revision)
  if ! wait_until 60 "every member has applied the write before the upgrade" everybody_is_at "${revision:-none}" ||
    ! wait_until 60 "the write is in this member's database" grep -qaF "$probe" "$DATA_DIR/member/snap/db"; then
    ctl --endpoints="$LOCAL" del "$PROBE_KEY" >/dev/null 2>&1 || true
    die_seeing_others "a write before the upgrade to ${OPT[version]} did not reach every member's data, and without it 3.5 can take members for removed ones; nothing was changed on ${OPT[name]}. Run 'pulumi up' again"
  fi
  ctl --endpoints="$LOCAL" del "$PROBE_KEY" >/dev/null ||
    die_seeing_others "the key $PROBE_KEY could not be deleted; nothing was changed on ${OPT[name]}. Run 'pulumi up' again"
}

# everybody_is_at REVISION: whether every declared member has applied it.
everybody_is_at() {
  local endpoint revision
  [[ $1 =~ ^[0-9]+$ ]] || return 1
  while read -r endpoint; do
    revision=$(status_field "$endpoint" Revision)
    [[ $revision =~ ^[0-9]+$ ]] && ((revision >= $1)) || return 1
  done < <(everybody)
}

# reasons_in_data DATABASE LIST WHOSE
reasons_in_data() {
  local marked
  (($(minor_of "${OPT[version]}") >= 6)) || return 0
  marked=$(marked_in "$1" "$2" | paste -sd, | sed 's/,/, /g')
  [[ -z $marked ]] ||
    echo "$3 marks current members as removed: $marked; etcd ${OPT[version]%.*} would shut them down. Let these members join again under 3.$(($(minor_of "${OPT[version]}") - 1)) first, see docs/upgrade.md#members-marked-as-removed"
}

# Before the first member runs the new minor, everybody's data is looked at: a mark travels with a snapshot.
reasons_in_others_data() {
  local list=$1 endpoint running file
  (($(minor_of "${OPT[version]}") >= 6)) || return 0
  while read -r endpoint; do
    running=$(version_at "$endpoint" etcdserver)
    [[ ${running%.*} != "${OPT[version]%.*}" ]] || return 0
  done < <(others)
  file=$DISK_MOUNT/others-data.db
  while read -r endpoint; do
    if fetch_snapshot "$endpoint" "$file"; then
      reasons_in_data "$file" "$list" "the data of $endpoint"
    else
      echo "the data of $endpoint could not be read for marks of removed members"
    fi
  done < <(others)
  rm -f "$file"
}

# A snapshot, a copy of the data for the trial, and a snapshot of another member's are on the disk at once.
reasons_against_room() {
  local size wal free need
  size=$(status_field "$LOCAL" DBSize)
  [[ $size =~ ^[0-9]+$ ]] || size=0
  wal=$(du --bytes --summarize "$DATA_DIR/member/wal" | cut -f1)
  need=$(((2 * size + wal) / 1048576 + 128))
  free=$(df --output=avail --block-size=1M "$DISK_MOUNT" | tail -n1 | tr -d ' ')
  ((free >= need)) ||
    echo "the data disk has $free MiB free, and a snapshot and a trial of the new minor need $need MiB; remove $DISK_MOUNT/archive-* that are not needed any more, or raise dataDiskSizeGb"
}

# After this member has started the new minor: whoever it takes for removed shuts down within seconds.
watch_others() {
  local list=$1 end=$((SECONDS + WATCH_S)) line endpoint
  [[ -n $(others) ]] || return 0
  log "watching the other members for $WATCH_S s before the next one"
  while ((SECONDS < end)); do
    while read -r line; do
      [[ $(field "$line" 4) == "$(own_peer_url)" ]] && continue
      endpoint=$(client_url "$(field "$line" 4)")
      is_healthy "$endpoint" || wait_until 15 "$endpoint is healthy again" is_healthy "$endpoint" ||
        die_seeing_others "$endpoint is not healthy since this member runs ${OPT[version]}; no other member was touched. Go back to 3.$(($(minor_of "${OPT[version]}") - 1)): docs/upgrade.md#way-back"
    done <<<"$list"
    sleep 2
  done
}
