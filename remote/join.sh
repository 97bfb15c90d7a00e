# shellcheck shell=bash
# How a node without usable data becomes a member: removed, wiped, added as a learner, promoted when it has caught up.
# Every step can be interrupted and run again.
#
# Needs: answers.sh, authentication.sh, cluster.sh, declared.sh, lib.sh, quota.sh, reasons.sh, room.sh, snapshot.sh,
# version.sh; options members, name, version.
# Gives: healthy_other, join_cluster, is_caught_up, entries_to_go, finish_join.

# Healthy means that it got an answer through a quorum.
healthy_other() {
  local endpoint
  for endpoint in "${OTHERS[@]}"; do
    if is_healthy "$endpoint"; then
      echo "$endpoint"
      return 0
    fi
  done
  return 1
}

# Asked of several members, etcdctl may choose an unreachable one, again and again.
ctl_at_healthy() {
  local endpoint
  endpoint=$(healthy_other) || return 1
  ctl --endpoints="$endpoint" "$@"
}

archive_data() {
  systemctl stop etcd 2>/dev/null || true
  if [[ -e $DATA_DIR/member ]]; then
    local archive
    archive=$DISK_MOUNT/archive-$(date -u +%Y%m%dT%H%M%SZ)
    log "moving the old data to $archive"
    mkdir -p "$archive"
    # By its path on the disk's own mount, where a rename is one step; the data dir is a bind mount.
    mv "$DISK_MOUNT/data/member" "$archive/"
  fi
}

# The initial cluster must name exactly the members that the cluster has, this one included. A joining etcd compares
# URLs: the names are the declared ones, and never what a member calls itself.
initial_cluster_of() {
  awk -F', ' -v declared="${OPT[members]}" '
    BEGIN { for (i = split(declared, entries, ","); i > 0; i--) { split(entries[i], entry, "="); names[entry[2]] = entry[1] } }
    { name = $4 in names ? names[$4] : "member-" $1; gsub(",", "," name "=", $4); print name "=" $4 }' <<<"$1" | paste -sd,
}

# join_cluster LIST: LIST is the agreed member list, empty when none answered.
join_cluster() {
  local list=$1 own
  if [[ -z $list ]] || ! healthy_other >/dev/null; then
    refuse_lasting_alarm
    die_seeing_others NO_QUORUM "no data on ${OPT[name]} and no healthy quorum to join; nothing was changed. Bring the other members back, or restore a snapshot on all (docs/operate/restore.md); a new empty cluster is never started"
  fi
  own=$(member_by_url "$list" "$OWN_PEER_URL")
  local other_learner
  other_learner=$(awk -F', ' -v url="$OWN_PEER_URL" '$6 == "true" && $4 != url { print $3 }' <<<"$list")
  [[ -z $other_learner ]] || die JOIN_UNFINISHED "another learner, $other_learner, has not been promoted; run 'pulumi up' again when it has"
  refuse_on reasons_against_version
  refuse_on reasons_against_joining
  refuse_on reasons_against_auth "$(healthy_other)"
  refuse_on reasons_against_quota "$(healthy_other)"
  # A learner that never started has forgotten nothing: it is what an interrupted join left.
  if [[ -n $own && $(field "$own" 6) == true ]] && never_started "$own"; then
    log "continuing an interrupted join"
  else
    refuse_on reasons_not_to_join "$list"
    others_in "$list"
    refuse_on reasons_against_copies 2 0 "the data of a new member and a snapshot need" "${LISTED[@]}"
    if [[ -n $own ]]; then
      save_snapshot "$(healthy_other)"
      log "removing the lost member $(field "$own" 1)"
      remove_member OTHERS "$(field "$own" 1)" ctl_at_healthy ||
        die_seeing_others MEMBER_CHANGE_REFUSED "the cluster refused to remove the lost member"
    fi
    # Before the cluster knows the new learner: an interrupted run must not start the old data as the new member.
    archive_data
    # The server wants every voter connected for 5 s before it takes a new member.
    wait_until 60 "the cluster accepts the new learner" add_learner || die_seeing_others MEMBER_CHANGE_REFUSED "the cluster did not accept a new learner"
    list=$(agreed_member_list_of "${OTHERS[@]}") || refuse_for "and the new member was not started" reason_without_list $?
  fi
  archive_data
  apply_declared
  grant_permit existing "$(initial_cluster_of "$list")"
  start_declared
  finish_join
}

# Every other member must be healthy before the membership is changed. Declared nodes that have yet to join are no
# reason to wait.
reasons_not_to_join() {
  others_in "$1"
  reasons_of_health "is a member and not healthy" "${LISTED[@]}"
  # A full database accepts members, and a lost member blocks a larger quota.
  raised_alarms NOSPACE
}

# A node without data has nothing that a new minor could be tried on. Where another member runs it, that was done.
reasons_against_joining() {
  local endpoint running newest='' older=''
  for endpoint in "${OTHERS[@]}"; do
    running=$(version_at "$endpoint" etcdserver)
    [[ -n $running ]] || continue
    (($(minor_of "$running") >= $(minor_of "${OPT[version]}"))) || older=$running
    if [[ -z $newest ]] || (($(minor_of "$running") > $(minor_of "$newest"))); then newest=$running; fi
  done
  [[ -n $newest ]] || return 0
  if (($(minor_of "${OPT[version]}") <= $(minor_of "$newest"))); then
    [[ -z $older ]] || ! reads_no_old_log ||
      reason UPGRADE_TOO_EARLY "a member still runs etcd $older and can send log entries that etcd ${OPT[version]%.*} cannot read to a controller without data; set etcdVersion $older, run 'pulumi up', then upgrade"
    return 0
  fi
  reason UPGRADE_TOO_EARLY "no member runs etcd ${OPT[version]%.*} yet, and a controller without data cannot introduce it; set etcdVersion $newest, run 'pulumi up', then upgrade"
}

add_learner() {
  telling ctl_at_healthy member add "${OPT[name]}" --peer-urls="$OWN_PEER_URL" --learner || own_role_is true
}

# own_role_is true|false: whether every answering member lists this one, as a learner or not.
own_role_is() {
  local list
  list=$(agreed_member_list_of "${OTHERS[@]}") && [[ $(field "$(member_by_url "$list" "$OWN_PEER_URL")" 6) == "$1" ]]
}

# A number of entries that no member is behind by; also: it does not say.
NO_GAP=1000000000000000

# Has applied all that it knows to be committed, but for 1000 entries. Sets GAP.
is_caught_up() {
  local status index applied
  GAP=$NO_GAP
  status=$(status_of "$LOCAL") || return 1
  index=$(number_in RaftIndex <<<"$status")
  applied=$(number_in RaftAppliedIndex <<<"$status")
  [[ -n $index && -n $applied ]] || return 1
  GAP=$((index - applied))
  ((GAP < 1000))
}

# Started, and its applied index close to the leader's: older servers promote one that never started. Sets GAP.
learner_is_ready() {
  local endpoint own_index leader_index=0 index
  GAP=$NO_GAP
  own_index=$(status_field "$LOCAL" RaftAppliedIndex)
  [[ -n $own_index ]] && ((own_index > 0)) || return 1
  for endpoint in "${OTHERS[@]}"; do
    index=$(status_field "$endpoint" RaftIndex)
    [[ -n $index ]] && ((index > leader_index)) && leader_index=$index
  done
  ((leader_index > 0)) || return 1
  GAP=$((leader_index - own_index))
  ((GAP < 1000))
}

# As wait_with_progress takes it, of GAP.
entries_to_go() { printf '%s %s entries to go\n' $((NO_GAP - GAP)) "$GAP"; }

# The same: first the leader's data comes as a whole, then what was written meanwhile.
learner_progress() {
  local mib
  if ((GAP < NO_GAP)); then
    entries_to_go
  else
    mib=$(du --block-size=1M --summarize "$DATA_DIR/member" 2>/dev/null | cut -f1)
    printf '%s %s MiB received\n' "${mib:-0}" "${mib:-0}"
  fi
}

promote_self() {
  local id
  id=$(status_field "$LOCAL" MemberID)
  telling ctl_at_healthy member promote "$(printf '%x' "$id")" || own_role_is false
}

finish_join() {
  if is_down; then
    systemctl start --no-block etcd
  fi
  if ! wait_with_progress 300 "the learner has caught up" learner_progress learner_is_ready; then
    journal_tail
    die_seeing_others NOT_CAUGHT_UP "the learner does not catch up; it stays a learner, quorum is not affected. Run 'pulumi up' again"
  fi
  wait_until 60 "the learner is promoted" promote_self || die_seeing_others MEMBER_CHANGE_REFUSED "the cluster refused to promote the learner; run 'pulumi up' again"
  drop_old_archives
  log "joined the cluster"
}
