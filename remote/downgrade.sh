# shellcheck shell=bash
# Back one minor by etcd's own downgrade: https://etcd.io/docs/v3.6/downgrades/
#
# etcd is told once: the cluster's version goes back, each member writes its data in the older format, and then the
# members restart into the older release, one after the other. When all have, etcd ends the downgrade by itself.
#
# Needs: answers.sh, cluster.sh, goBack.sh, lib.sh, minor.sh, reasons.sh; options name, version.
# Gives: lowers_minor, downgrades, start_downgrade, renew_raft_snapshots, end_unwanted_downgrade.

# The first minor that has it.
DOWNGRADES_FROM=6

lowers_minor() {
  local current
  current=$(current_version) || die_interrupted
  [[ -n $current ]] && (($(minor_of "${OPT[version]}") < $(minor_of "$current")))
}

# True on the way down by a downgrade, begun or not. While an upgrade is not over, the older release can read the
# data as they are, and none is needed. A leader on 3.5 ends it before all are there, so the journal counts as well.
downgrades() {
  lowers_minor || return 1
  (($(cluster_minor) > $(minor_of "${OPT[version]}"))) || is_going_to "${OPT[version]%.*}" || was_told_to_downgrade
}

# The minor of the cluster's version, 0 when no member says.
cluster_minor() {
  local live
  live=$(cluster_version "${EVERYBODY[@]}")
  minor_of "${live:-3.0}"
}

# A member that has it, possibly this one; the older minor neither shows a downgrade nor ends one.
newer_member() {
  local endpoint running
  for endpoint in "$LOCAL" "${OTHERS[@]}"; do
    running=$(version_at "$endpoint" etcdserver)
    if [[ -n $running ]] && (($(minor_of "$running") >= DOWNGRADES_FROM)); then
      echo "$endpoint"
      return 0
    fi
  done
  return 1
}

# newer_ctl …: at that member, by the newer of the two etcdctl.
newer_ctl() {
  local bin=$BIN endpoint
  endpoint=$(newer_member) || return 1
  ! raises_minor || bin=$RELEASES/v${OPT[version]}
  BIN=$bin ctl --endpoints="$endpoint" "$@"
}

# What a downgrade that is under way goes to, as 3.N; nothing when there is none.
downgrade_target() {
  local status target
  status=$(answer_of newer_ctl endpoint status -w json) || return 0
  [[ $status == *'"downgradeInfo":{"enabled":true,'* ]] || return 0
  target=$(version_in targetVersion <<<"$status")
  echo "${target%.*}"
}

is_going_to() { [[ $(downgrade_target) == "$1" ]]; }

# start_downgrade 3.N LIST: tells etcd, and waits until every member's data can be read by that minor.
start_downgrade() {
  local minor=$1 said
  if (($(cluster_minor) > $(minor_of "$minor"))) && ! is_going_to "$minor"; then
    said=$(newer_ctl downgrade validate "$minor" 2>&1 | head -c "$ANSWER_LIMIT") ||
      die_seeing_others DOWNGRADE_REFUSED "etcd does not go back to $minor: $(refusal_in "$said"); nothing was changed on ${OPT[name]}"
    log "telling etcd that the cluster goes back to $minor"
    telling newer_ctl downgrade enable "$minor" || wait_until 10 "etcd knows of the downgrade" is_going_to "$minor" ||
      die_seeing_others DOWNGRADE_REFUSED "etcd did not begin to go back to $minor; no member was restarted. Run 'pulumi up' again"
  fi
  wait_until 120 "every member's data has the format of $minor" data_has_format_of "$minor" "$2" || {
    end_downgrade
    die_seeing_others DOWNGRADE_NOT_READY "etcd did not bring every member's data into the format of $minor; the downgrade was cancelled and no member was restarted. See 'journalctl -u etcd', then run 'pulumi up' again"
  }
}

# What etcdctl says, without its log.
refusal_in() { sed -n 's/^Error: //p' <<<"$1" | head -n1 | cut -c1-300 | harmless; }

# data_has_format_of 3.N LIST: for this cluster's version, and not from before. 3.5 does not say, and has nothing else.
data_has_format_of() {
  local endpoint running cluster storage
  others_in "$2"
  for endpoint in "$LOCAL" "${LISTED[@]}"; do
    running=$(version_at "$endpoint" etcdserver)
    [[ -z $running ]] || (($(minor_of "$running") >= DOWNGRADES_FROM)) || continue
    cluster=$(version_at "$endpoint" etcdcluster)
    storage=$(version_at "$endpoint" storage)
    [[ ${cluster%.*} == "$1" && ${storage%.*} == "$1" ]] || return 1
  done
}

# renew_raft_snapshots LIST: 3.7 cannot read what 3.5 has written to the raft log. It reads the log after the newest raft
# snapshot, and each member saves one when the cluster's version goes back: so etcd is told to, and then not to.
renew_raft_snapshots() {
  local minor
  minor=$(minor_of "$(current_version)")
  log "etcd is told to go back to 3.$((minor - 1)), and then not to: every member saves a raft snapshot by it"
  start_downgrade "3.$((minor - 1))" "$1"
  { end_downgrade && wait_until 60 "the cluster is at 3.$minor again" data_has_format_of "3.$minor" "$1"; } ||
    die_seeing_others DOWNGRADE_NOT_ENDED "the members' raft snapshots were saved, and the cluster is not back at 3.$minor; no member was restarted. Run 'pulumi up' again"
}

end_downgrade() { telling newer_ctl downgrade cancel || wait_until 10 "etcd has cancelled the downgrade" is_going_to ""; }

is_cluster_at() { (($(cluster_minor) == $1)); }

# A downgrade that is under way, and not to what is declared: the settings changed meanwhile.
end_unwanted_downgrade() {
  local target
  (($(minor_of "${OPT[version]}") >= DOWNGRADES_FROM)) || return 0
  target=$(downgrade_target)
  [[ -n $target && $target != "${OPT[version]%.*}" ]] || return 0
  log "etcd is going back to $target, and ${OPT[version]} is declared: cancelling the downgrade"
  end_downgrade || die_seeing_others DOWNGRADE_NOT_ENDED "the downgrade to $target could not be cancelled; nothing was changed on ${OPT[name]}. Run 'pulumi up' again"
  # One that has saved raft snapshots and was interrupted: the cluster's version follows, and is looked at next.
  (($(minor_of "${OPT[version]}") <= $(minor_of "$target") + 1)) ||
    wait_until 30 "the cluster's version is up again" is_cluster_at $(($(minor_of "$target") + 1)) || true
}
