#!/usr/bin/env bash
# Phase 3, on one node after the other, in a new cluster on all at once; the same for the first run and every later one:
# looks at the evidence and does only what is needed: nothing, a hot reload of the leaf certificate, a restart, or a join.
set -euo pipefail
# shellcheck source=lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
# shellcheck source=answers.sh
source "${BASH_SOURCE[0]%/*}/answers.sh"
# shellcheck source=cluster.sh
source "${BASH_SOURCE[0]%/*}/cluster.sh"
# shellcheck source=declared.sh
source "${BASH_SOURCE[0]%/*}/declared.sh"
# shellcheck source=reasons.sh
source "${BASH_SOURCE[0]%/*}/reasons.sh"
# shellcheck source=authentication.sh
source "${BASH_SOURCE[0]%/*}/authentication.sh"
# shellcheck source=certificates.sh
source "${BASH_SOURCE[0]%/*}/certificates.sh"
# shellcheck source=downgrade.sh
source "${BASH_SOURCE[0]%/*}/downgrade.sh"
# shellcheck source=goBack.sh
source "${BASH_SOURCE[0]%/*}/goBack.sh"
# shellcheck source=join.sh
source "${BASH_SOURCE[0]%/*}/join.sh"
# shellcheck source=minor.sh
source "${BASH_SOURCE[0]%/*}/minor.sh"
# shellcheck source=quota.sh
source "${BASH_SOURCE[0]%/*}/quota.sh"
# shellcheck source=removed.sh
source "${BASH_SOURCE[0]%/*}/removed.sh"
# shellcheck source=room.sh
source "${BASH_SOURCE[0]%/*}/room.sh"
# shellcheck source=snapshot.sh
source "${BASH_SOURCE[0]%/*}/snapshot.sh"
# shellcheck source=trial.sh
source "${BASH_SOURCE[0]%/*}/trial.sh"
# shellcheck source=version.sh
source "${BASH_SOURCE[0]%/*}/version.sh"

OPTIONS="name ip version members next"
TRIGGERS="config pki instance vm"

wait_for_self() {
  if ! self_is_healthy; then
    refuse_lasting_alarm
    wait_until "$1" "etcd on ${OPT[name]} is healthy" self_is_healthy || die_of_ill_health
  fi
  wait_to_catch_up
}

wait_to_catch_up() {
  wait_with_progress 120 "the member has caught up" entries_to_go is_caught_up || die_seeing_others NOT_CAUGHT_UP "the member does not catch up with the leader"
  [[ -e $DISK_MOUNT/member-was-here ]] || touch "$DISK_MOUNT/member-was-here"
}

die_of_ill_health() {
  journal_tail
  ! ended_as_removed || log "another member that runs a newer minor treats this member as removed: docs/operate/upgrade.md#way-back"
  ! ended_on_its_data || die_of_unreadable_data
  die_seeing_others SELF_UNHEALTHY "the member is not healthy; nothing after it was touched. See 'journalctl -u etcd' on ${OPT[name]}, fix it and run 'pulumi up' again"
}

# Data is given up only where other members have it.
die_of_unreadable_data() {
  local what="etcd cannot start on its own data on ${OPT[name]}; nothing after it was touched."
  healthy_other >/dev/null ||
    die_seeing_others DATA_UNREADABLE "$what No other member is healthy, so this may be the only copy: leave it there, and copy it first, 'sudo systemctl stop etcd && sudo cp -a $DISK_MOUNT/data/member $DISK_MOUNT/only-copy'. Bring the other members back, or restore a snapshot: docs/operate/restore.md"
  die_seeing_others DATA_UNREADABLE "$what When every other member is healthy, move the data aside there, 'sudo systemctl stop etcd && sudo mv $DISK_MOUNT/data/member $DISK_MOUNT/archive-$(date -u +%Y%m%dT%H%M%SZ)', and run 'pulumi up' with --replace '**::member-${OPT[name]##*-}-converge'"
}

hand_leadership_over() {
  local status own leader target endpoint
  status=$(status_of "$LOCAL") || return 0
  own=$(number_in MemberID <<<"$status")
  leader=$(number_in Leader <<<"$status")
  [[ -n $own && $own == "$leader" ]] && ((${#OTHERS[@]} > 0)) || return 0
  for endpoint in "${OTHERS[@]}"; do
    target=$(status_field "$endpoint" MemberID)
    [[ -n $target ]] || continue
    telling ctl --endpoints="$LOCAL" move-leader "$(printf '%x' "$target")" || true
    # Its answer may be lost, and an election takes a moment.
    wait_until 5 "another member leads" leads_no_more "$own" && return 0
  done
  die_seeing_others LEADER_STAYS "this member leads and could not hand leadership over; nothing was restarted"
}

restart_member() {
  local list='' heals='' is_new=''
  if raises_quota_alone; then heals=NOSPACE; fi
  refuse_on reasons_against_version on-data
  refuse_on reasons_not_to_restart "$heals"
  if changes_minor; then
    refuse_on reasons_against_auth "$LOCAL"
    list=$(agreed_member_list_of "${EVERYBODY[@]}") || refuse_on reason_without_list $?
    if raises_minor || downgrades; then
      is_new=yes
      ! is_down || die_seeing_others UPGRADE_TOO_EARLY "etcd is off on ${OPT[name]}, where it ran $(linked_version), and a minor changes only on a healthy member; see 'journalctl -u etcd' there, start it with $(linked_version) and run 'pulumi up' again"
    fi
    prepare_minor "$list" "$is_new"
    # What was shown took time: the others are asked again.
    refuse_on reasons_not_to_restart
    if [[ -n $is_new ]]; then write_file "$(unwatched_list)" 0644 <<<"$list"; fi
  fi
  if self_is_healthy; then
    hand_leadership_over
  fi
  log "restarting etcd with what is declared"
  apply_declared
  systemctl reset-failed etcd 2>/dev/null || true
  # READY=1 comes through raft, so a member that is cut off would block for TimeoutStartSec.
  timeout 60 systemctl restart etcd || log "systemctl restart ended with $?"
  wait_for_self 120
}

# first_certificate TEXT: the base64 of the first certificate in it; nothing when there is none.
first_certificate() {
  local text=${1#*-----BEGIN CERTIFICATE-----}
  [[ $text != "$1" ]] || return 0
  text=${text%%-----END CERTIFICATE-----*}
  echo "${text//[[:space:]]/}"
}

served_leaf() { first_certificate "$(tls_session "$1" "$ETC")"; }

serves_declared_leaf() {
  local want at ports=("${OPT[ip]}:2379" "${OPT[ip]}:2380")
  want=$(first_certificate "$(cat "$DECLARED_PKI/kubernetes.pem")")
  ask_each served_leaf "${ports[@]}"
  for at in "${ports[@]}"; do
    [[ -n $want && ${SAID[$at]} == "$want" ]] || return 1
  done
}

wait_for_declared_leaf() {
  wait_until 30 "both ports serve the declared certificate" serves_declared_leaf ||
    die CERTIFICATE_NOT_SERVED "the listeners do not serve the declared certificate"
}

# Leaf certificates, links and files that etcd reads by itself or not at all while it runs.
hot_reload() {
  apply_declared
  wait_for_declared_leaf
}

# Ended by a member that ran a newer minor, with all that is declared in its place.
was_shut_out() { ended_as_removed && [[ $(live_fingerprint 2>/dev/null) == "$(declared_fingerprint)" ]]; }

# Starting it again changes nothing for the others, whatever state they are in.
start_member() {
  refuse_on reasons_against_version
  log "etcd stopped here because another member called this one removed"
  log "starting etcd with what is declared"
  apply_declared
  start_declared
  if (($(count_reachable "${OTHERS[@]}") + 1 < MAJORITY)); then
    log "this member is waiting for a quorum"
  else
    wait_for_self 120
    hot_reload
  fi
}

has_wal_or_is_down() { has_wal || is_down; }

# Larger disks may have to come before a larger quota.
reasons_against_vm_change() {
  reasons_not_to_restart NOSPACE || return
  self_is_healthy || reason SELF_UNHEALTHY "this member is not healthy"
}

# The next controller's VM is replaced, or stopped and started, when this phase has succeeded.
refuse_before_unsafe_vm_change() {
  local known=$DISK_MOUNT/next-vm
  if [[ -f $known ]]; then
    [[ $(cat "$known") != "${OPT[next]}" ]] || return 0
    refuse_on reasons_against_vm_change
  fi
  write_file "$known" 0644 <<<"${OPT[next]}"
}

# Their keys are good until the certificates end.
clear_old_certificates() {
  local dir
  [[ $CURRENT_PKI -ef $DECLARED_PKI ]] || return 0
  # A run that was killed leaves .new.* and .mixed.
  for dir in "$ETC"/pki/* "$ETC"/pki/.[!.]*; do
    [[ -L $dir || $dir -ef $CURRENT_PKI ]] || rm -rf "$dir"
  done
}

# was_just_created RUN: bootstrap has just created the cluster here, with what is declared. Once: whoever wants this
# phase again wants all of it looked at.
was_just_created() {
  local created=''
  [[ -e $CREATED ]] || return 1
  read -r created <"$CREATED" || true
  rm "$CREATED" && [[ -n $created && $created == "$1" ]] && started_with_declared
}

# By the evidence, whatever has been before.
converge() {
  clear_leftovers
  refuse_on reasons_against_peer_name
  local list own='' status=0
  list=$(agreed_member_list_of "${OTHERS[@]}") || status=$?
  [[ -z $list ]] || own=$(member_by_url "$list" "$OWN_PEER_URL")
  if ! wait_until 10 "etcd has a WAL, or is down" has_wal_or_is_down || ! has_wal; then
    ((status < 2)) || refuse_on reason_without_list "$status"
    join_cluster "$list"
  elif [[ -n $list && -z $own ]]; then
    log "the running cluster no longer knows this member: its data cannot be used"
    join_cluster "$list"
  elif [[ $(field "$own" 6) == true ]]; then
    finish_join
  fi
  refuse_on reasons_against_certificates
  refuse_on reasons_against_quota "$LOCAL"
  end_unwanted_downgrade
  if goes_back; then
    go_back
    log "this member is waiting for a quorum"
  elif was_shut_out; then
    start_member
  elif runs_declared && self_is_healthy; then
    wait_to_catch_up
    hot_reload
    log "runs what is declared"
  elif ! is_down && ! self_is_healthy && majority_is_off; then
    if ! started_with_declared && ! changes_minor && wait_until 12 "etcd has ended again, or not" is_between_starts; then
      # It serves no client: the old settings may be why it stops.
      apply_declared
      start_declared
      log "etcd stopped at each start; it starts with what is declared now, and is waiting for a quorum"
      print_run_id
      exit 0
    fi
    # A partitioned member looks the same. Fail unless it already runs what is declared: no later run would revisit it.
    started_with_declared ||
      die_seeing_others NO_QUORUM "this member is waiting for a quorum and does not run the declared configuration; nothing was changed on ${OPT[name]}. Bring the others back, or revert the change until they are, and run 'pulumi up' again"
    apply_declared
    # All there is to do here: the others come up after this one, and the last phase checks that all are healthy.
    log "this member is waiting for a quorum"
  elif runs_declared; then
    wait_for_self 180
    hot_reload
    log "runs what is declared"
  elif is_starting_with_declared; then
    # As a founder does until a majority is there.
    wait_for_self 300
    hot_reload
  else
    restart_member
    wait_for_declared_leaf
  fi
}

# stdin: what bootstrap has printed.
main() {
  local run=''
  parse_options "$@"
  IFS= read -r run || true
  know_members
  take_lock
  require_data_disk
  if was_just_created "$run" && wait_until 10 "etcd on ${OPT[name]} is healthy" self_is_healthy; then
    log "created with what is declared"
  else
    converge
  fi
  clear_old_certificates
  watch_others
  refuse_before_unsafe_vm_change
  print_run_id
}

main "$@"
