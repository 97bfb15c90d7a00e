#!/usr/bin/env bash
# Phase 2, in parallel over the nodes: stages the certificates (from stdin) and, in the one case where it may
# create the cluster, starts the member without waiting for the others.
set -euo pipefail
# shellcheck source=lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
# shellcheck source=answers.sh
source "${BASH_SOURCE[0]%/*}/answers.sh"
# shellcheck source=cluster.sh
source "${BASH_SOURCE[0]%/*}/cluster.sh"
# shellcheck source=declared.sh
source "${BASH_SOURCE[0]%/*}/declared.sh"
# shellcheck source=goBack.sh
source "${BASH_SOURCE[0]%/*}/goBack.sh"
# shellcheck source=validity.sh
source "${BASH_SOURCE[0]%/*}/validity.sh"

OPTIONS="mode name ip version members founders"
TRIGGERS="pki instance"
PKI_FILES="ca.pem kubernetes.pem kubernetes-key.pem"

# stdin: what the phase before has printed, then for each file a line `=== NAME` and its content.
stage_certificates() {
  umask 077
  mkdir -p "$ETC/pki"
  chmod 0755 "$ETC" "$ETC/pki"
  local work line file=''
  work=$(mktemp -d "$ETC/pki/.new.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  while IFS= read -r line; do
    if [[ $line == "=== "* ]]; then
      file=${line#=== }
      [[ " $PKI_FILES " == *" $file "* ]] || die CERTIFICATES_DAMAGED "unknown certificate file $file"
    elif [[ -n $file ]]; then
      printf '%s\n' "$line" >>"$work/$file"
    fi
  done
  for file in $PKI_FILES; do
    [[ -s $work/$file ]] || die CERTIFICATES_DAMAGED "$file did not arrive on stdin; run 'pulumi up' again"
  done
  check_certificates "$work"
  local sum
  sum=$(cat "$work/ca.pem" "$work/kubernetes.pem" | sha256sum)
  sum=${sum:0:16}
  chown root:etcd "$work" "$work"/*
  chmod 0640 "$work"/*
  chmod 0750 "$work"
  sync "$work"/*
  if [[ -d $ETC/pki/$sum ]]; then
    # The same files, unless somebody changed them or their modes: each is put back in one rename.
    chown root:etcd "$ETC/pki/$sum"
    chmod 0750 "$ETC/pki/$sum"
    mv -f "$work"/* "$ETC/pki/$sum/"
  else
    mv -T "$work" "$ETC/pki/$sum"
  fi
  switch_link "$sum" "$DECLARED_PKI"
}

check_certificates() {
  local public
  public=$(openssl x509 -in "$1/kubernetes.pem" -noout -pubkey) || die CERTIFICATES_DAMAGED "kubernetes.pem is not a certificate"
  [[ $(openssl pkey -in "$1/kubernetes-key.pem" -pubout 2>/dev/null) == "$public" ]] ||
    die CERTIFICATES_DAMAGED "kubernetes-key.pem is not the key of kubernetes.pem"
  wait_for_validity "$1"
}

is_founder() { [[ ",${OPT[founders]}," == *",${OPT[name]},"* ]]; }

# True when nothing speaks against creating the cluster: this is the first success of this command, the node was
# declared when the cluster was, its disk never held a member, and no peer knows it as one that has started.
may_found() {
  [[ ${OPT[mode]} == create ]] || return 1
  is_founder || return 1
  if [[ -e $DISK_MOUNT/member-was-here ]]; then
    log "the data disk has held a member whose WAL is gone; not creating a cluster"
    return 1
  fi
  local list own status
  # Founders publish their client URLs one after the other, so their lists differ for a moment. When they continue to
  # differ, a cluster is running, and it is unknown whether it knows this member.
  wait_until 10 "the members that answer agree on one member list" others_do_not_differ || {
    ((status == 2)) || die MEMBER_LIST_INVALID "a member's list is not of etcd's shape, or has a peer URL of odd characters; not creating a cluster. Fix that and run 'pulumi up' again"
    die MEMBERS_DISAGREE "the members do not answer with the same valid member list; not creating a cluster. Fix that and run 'pulumi up' again"
  }
  if ((status == 0)); then
    own=$(member_by_url "$list" "$OWN_PEER_URL")
    if [[ -z $own ]] || ! never_started "$own"; then
      if [[ -n $own ]]; then
        log "a cluster is running that knows this member as started; not creating a cluster"
      else
        log "a cluster is running that does not know this member; not creating a cluster"
      fi
      return 1
    fi
  fi
}

# Sets may_found's list and status. The others are asked but for those that wait for the first majority, as this one
# will: their client ports say nothing.
others_do_not_differ() {
  local endpoint knowing=()
  ask_each knows_nothing "${OTHERS[@]}"
  for endpoint in "${OTHERS[@]}"; do
    [[ ${ENDED[$endpoint]} == 0 ]] || knowing+=("$endpoint")
  done
  status=0
  list=$(agreed_member_list_of "${knowing[@]}") || status=$?
  ((status < 2))
}

knows_nothing() {
  local status=0
  accepts_tcp "$1" || status=$?
  ((status == 1)) || { ((status == 0)) && waits_for_first_quorum "$1"; }
}

# A new VM has no other release than the declared one, and nothing has shown that the data on its disk suits another
# minor than the cluster's, which every member has run.
refuse_new_minor() {
  local live declared oldest=0
  declared=$(minor_of "${OPT[version]}")
  live=$(ETC=$DECLARED_PKI cluster_version "${OTHERS[@]}")
  # What a newer minor has left in the data does not count after a downgrade.
  [[ -z $live ]] || oldest=$(minor_of "$live")
  : "${live:=$(cluster_version_in "$DATA_DIR/member/snap/db")}"
  [[ -z $live ]] || ((oldest <= declared && declared <= $(minor_of "$live"))) ||
    die UPGRADE_TOO_EARLY "this VM is new, its data is of a cluster at ${live%.*}, and a minor changes only on a member that runs; set etcdVersion to the release that the members ran, run 'pulumi up', then change it"
}

# The cluster's version as the data has it; nothing when it has none. bbolt stores a key and its value side by side, and
# the pages that it has freed can hold older ones, and after a downgrade newer ones.
cluster_version_in() {
  LC_ALL=C grep -azoE 'clusterVersion3\.[0-9]+\.[0-9]+' "$1" 2>/dev/null | tr '\0' '\n' | sed 's/clusterVersion//' |
    sort -V | tail -n 1 || true
}

# Two members without data would wait for each other: a join needs every other member healthy. So each removes itself
# first, all at once, if a majority of those that stay is healthy. A single one is left to converge, after a snapshot.
leave_beside_another() {
  local list own endpoint asked='' healthy=0 staying
  list=$(agreed_member_list_of "${OTHERS[@]}") || return 0
  own=$(member_by_url "$list" "$OWN_PEER_URL")
  [[ -n $own ]] && ! never_started "$own" || return 0
  staying=$(($(wc -l <<<"$list") - 1))
  others_in "$list"
  for endpoint in "${LISTED[@]}"; do
    if is_healthy "$endpoint"; then
      healthy=$((healthy + 1))
      asked=$endpoint
    fi
  done
  ((healthy < staying && healthy > staying / 2)) || return 0
  log "no data here, and another member is not healthy either: removing this one, $(field "$own" 1), so that both can join again"
  remove_member OTHERS "$(field "$own" 1)" ctl --endpoints="$asked" ||
    log "the cluster refused to remove it"
}

main() {
  parse_options "$@"
  know_members
  take_lock
  # Even if this run fails, what it has changed has to be looked at.
  [[ ! -e $CREATED ]] || rm "$CREATED"
  require_data_disk
  [[ -d $RELEASES/v${OPT[version]} ]] || die RELEASE_MISSING "etcd ${OPT[version]} is not installed; run 'pulumi up' again"
  stage_certificates
  replace_useless_leaf
  # All at once: a member that still runs the newer minor shuts the others down as they come back.
  if has_wal && goes_back; then
    go_back
    print_run_id
    return 0
  fi
  if systemctl is-active --quiet etcd; then
    log "etcd is running; converge takes over what changed"
    print_run_id
    return 0
  fi
  # etcdctl and its certificates are needed for the evidence, before anything is started.
  [[ -e $BIN/etcdctl ]] || switch_link "/opt/etcd/v${OPT[version]}/etcdctl" "$BIN/etcdctl"
  if has_wal; then
    touch "$DISK_MOUNT/member-was-here"
    if [[ ! -e $ETC/ca.pem ]]; then
      refuse_new_minor
      apply_declared
    fi
    systemctl start --no-block etcd
    log "starting the member on its data"
    print_run_id
    return 0
  fi
  # An unused permit of an earlier run: today's evidence may speak against it.
  rm -f "$PERMIT"
  # etcd is stopped here and has no data: nothing reads these files yet.
  apply_declared
  if may_found; then
    local entry founders_cluster=''
    for entry in "${ENTRIES[@]}"; do
      [[ ",${OPT[founders]}," != *",${entry%%=*},"* ]] || founders_cluster+=,$entry
    done
    founders_cluster=${founders_cluster#,}
    grant_permit new "$founders_cluster"
    start_declared
    # Failing here, and not later, keeps this command a create: the next run may try again.
    if ! wait_until 30 "etcd has written its first WAL" has_wal; then
      journal_tail
      die ETCD_NOT_STARTED "etcd does not start; see 'journalctl -u etcd' on ${OPT[name]}, fix it and run 'pulumi up' again"
    fi
    touch "$DISK_MOUNT/member-was-here"
    log "creating the cluster with ${OPT[founders]//,/, }"
    print_run_id | tee "$CREATED"
  else
    leave_beside_another
    log "no data here; converge lets this controller join as a learner"
    print_run_id
  fi
}

main "$@"
