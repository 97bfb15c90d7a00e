# shellcheck shell=bash
# What must be shown before a member starts another minor of etcd, and what is watched afterwards.
# docs/develop/etcd-minors.md says what each step is for.
#
# Needs: answers.sh, cluster.sh, downgrade.sh, goBack.sh, lib.sh, reasons.sh, removed.sh, room.sh, snapshot.sh,
# trial.sh, version.sh; options name, version.
# Gives: current_version, changes_minor, raises_minor, prepare_minor, clear_leftovers, unwatched_list, watch_others.

# Written before 3.5 and deleted again; not used for anything else.
PROBE_KEY=etcd-on-gce/before-minor
OTHERS_DATA=$DISK_MOUNT/others-data.db
WATCH_S=20

# What this member runs, or ran last.
current_version() {
  local running
  running=$(version_at "$LOCAL" etcdserver)
  printf '%s\n' "${running:-$(linked_version)}"
}

changes_minor() {
  local current
  current=$(current_version) || die_interrupted
  [[ -n $current && ${current%.*} != "${OPT[version]%.*}" ]]
}

raises_minor() {
  local current
  current=$(current_version) || die_interrupted
  [[ -n $current ]] && (($(minor_of "${OPT[version]}") > $(minor_of "$current")))
}

# prepare_minor LIST IS_NEW: everything that is shown before this member restarts into another minor. LIST is the agreed
# member list. Going back while an upgrade is not over shows nothing new: the old release has run on this data.
prepare_minor() {
  local list=$1
  if [[ -z $2 ]]; then
    self_is_healthy || return 0
    refuse_on reasons_against_copies 1 0 "a snapshot needs" "$LOCAL"
    save_snapshot "$LOCAL"
    return 0
  fi
  trap clear_leftovers EXIT
  refuse_on reasons_against_room "$list"
  # 3.4 alone leaves its index behind.
  if (($(minor_of "$(current_version)") == 4)); then commit_index "$list"; fi
  refuse_on reasons_in_others_data "$list"
  if lowers_minor; then start_downgrade "${OPT[version]%.*}" "$list"; fi
  if raises_minor && reads_no_old_log && nobody_runs_it "$list"; then renew_raft_snapshots "$list"; fi
  begin_trial
  save_snapshot "$LOCAL"
  refuse_on reasons_in_data "$SAVED_SNAPSHOT" "$list" "this member's data"
  refuse_on reasons_from_trial "$SAVED_SNAPSHOT" "$list"
  clear_leftovers
}

# etcd 3.4 moves the index up to which its database counts as applied at key-value writes alone. 3.5 applies the
# entries after it a second time, takes members that come later for leftovers and marks them as removed.
commit_index() {
  local list=$1 probe revision
  probe=$(</proc/sys/kernel/random/uuid)
  ctl --endpoints="$LOCAL" put "$PROBE_KEY" "$probe" >/dev/null ||
    die_seeing_others WRITE_FAILED "no write was possible before the upgrade to ${OPT[version]}; nothing was changed on ${OPT[name]}"
  revision=$(status_field "$LOCAL" Revision)
  if ! wait_until 60 "every member has applied the write before the upgrade" all_are_at "${revision:-none}" "$list" ||
    ! wait_until 60 "the write is in this member's database" holds "$probe" "$DATA_DIR/member/snap/db"; then
    ctl --endpoints="$LOCAL" del "$PROBE_KEY" >/dev/null 2>&1 || true
    die_seeing_others NOT_CAUGHT_UP "a write before the upgrade to ${OPT[version]} did not reach every member's data; without it 3.5 can treat members as removed. Nothing was changed on ${OPT[name]}. Run 'pulumi up' again"
  fi
  ctl --endpoints="$LOCAL" del "$PROBE_KEY" >/dev/null ||
    die_seeing_others WRITE_FAILED "the key $PROBE_KEY could not be deleted; nothing was changed on ${OPT[name]}. Run 'pulumi up' again"
}

# all_are_at REVISION LIST: whether every member of LIST has applied it.
all_are_at() {
  local endpoint revision
  is_number "$1" || return 1
  others_in "$2"
  for endpoint in "$LOCAL" "${LISTED[@]}"; do
    revision=$(status_field "$endpoint" Revision)
    is_number "$revision" && ((revision >= $1)) || return 1
  done
}

# 3.6 reads marks of removed members, and hands them on to an older minor in its raft snapshots.
reads_marks() { (($(minor_of "${OPT[version]}") >= 6)) || lowers_minor; }

# reasons_in_data DATABASE LIST WHOSE
reasons_in_data() {
  local marked current
  reads_marks || return 0
  marked=$(marked_in "$1" "$2") || {
    reason SNAPSHOT_FAILED "$3 could not be read for marks of removed members"
    return 0
  }
  current=$(current_version)
  [[ -z $marked ]] ||
    reason MARKED_AS_REMOVED "$3 marks current members as removed: $marked; etcd ${OPT[version]%.*} would shut them down. Let these members join again under ${current%.*} first, see docs/operate/upgrade.md#members-marked-as-removed"
}

# nobody_runs_it LIST: whether this member is the first of the declared minor.
nobody_runs_it() {
  local endpoint running
  others_in "$1"
  for endpoint in "${LISTED[@]}"; do
    running=$(version_at "$endpoint" etcdserver)
    [[ ${running%.*} != "${OPT[version]%.*}" ]] || return 1
  done
}

# Before the first member runs the new minor, the data of all members is checked: a mark travels with a snapshot.
reasons_in_others_data() {
  local list=$1 endpoint
  { reads_marks && nobody_runs_it "$list"; } || return 0
  others_in "$list"
  for endpoint in "${LISTED[@]}"; do
    rm -f "$OTHERS_DATA"
    { fetch_snapshot "$endpoint" "$OTHERS_DATA" && is_whole "$OTHERS_DATA"; } || rm -f "$OTHERS_DATA"
    reasons_in_data "$OTHERS_DATA" "$list" "the data of $endpoint"
  done
  rm -f "$OTHERS_DATA"
}

# What interrupted checks leave: it takes space, and the trial still runs.
clear_leftovers() {
  if [[ -e $TRIAL ]]; then end_trial; fi
  [[ ! -e $OTHERS_DATA && ! -e $OTHERS_DATA.part ]] || rm -f "$OTHERS_DATA" "$OTHERS_DATA.part"
}

# reasons_against_room LIST: first a snapshot of one other member after the other is on the disk, then one of this
# member and a copy of its data for the trial.
reasons_against_room() {
  local wal LISTED=()
  ! reads_marks || others_in "$1"
  # etcd may take a file away meanwhile.
  wal=$(du --bytes --summarize "$DATA_DIR/member/wal" 2>/dev/null | cut -f1 || true)
  is_number "$wal" || wal=0
  reasons_against_copies 2 $((wal / 1048576)) "a snapshot and a trial of the new minor need" "$LOCAL" "${LISTED[@]}"
}

# Written before the restart and removed when the others have been watched, possibly by a later run.
unwatched_list() { echo "$RUN_DIR/unwatched-${OPT[version]}"; }

# After this member has started the new minor: whoever it takes for removed shuts down within seconds. Of the members
# that there were before: a majority that is lost gives no list.
watch_others() {
  local list end=$((SECONDS + WATCH_S)) endpoint
  [[ -e $(unwatched_list) ]] || return 0
  list=$(<"$(unwatched_list)")
  log "watching the other members for $WATCH_S s before the next one"
  others_in "$list"
  while ((SECONDS < end)); do
    for endpoint in "${LISTED[@]}"; do
      is_healthy "$endpoint" || wait_until 15 "$endpoint is healthy again" is_healthy "$endpoint" ||
        die_seeing_others UPGRADE_BROKE_MEMBER "$endpoint is not healthy since this member runs ${OPT[version]}; no other member was touched. Set etcdVersion to what this member ran before: docs/operate/upgrade.md#way-back"
    done
    sleep 2
  done
  rm -f "$(unwatched_list)"
}
