# shellcheck shell=bash
# The way back from a new minor that has cost the majority. Sourced by bootstrap.sh and converge.sh.

LOCAL=https://127.0.0.1:2379

minor_of() { cut -d. -f2 <<<"$1"; }

# The release that the link in place names: what a member that is off ran last. Nothing on a new node.
linked_version() { readlink "$BIN/etcd" 2>/dev/null | sed -n 's|.*/v\([0-9][0-9.]*\)/etcd$|\1|p'; }

# The cluster's version as this member has journaled it last: the oldest release that its data can be read by.
journaled_cluster_version() {
  journalctl --unit etcd --no-pager --output cat --reverse 2>/dev/null |
    sed -n '/cluster version/{s/.*"\(cluster-version\|to\)":"\([0-9.]*\)".*/\2/;T;p;q}'
}

# True when this member ran a newer minor than the declared one, no majority answers, and the cluster as a whole has
# never moved to the newer minor: going back takes nothing away from anybody.
goes_back() {
  local linked cluster
  linked=$(linked_version)
  [[ -n $linked ]] && (($(minor_of "$linked") > $(minor_of "${OPT[version]}"))) || return 1
  ! is_healthy "$LOCAL" && majority_is_off || return 1
  cluster=$(journaled_cluster_version)
  [[ -n $cluster ]] && (($(minor_of "$cluster") <= $(minor_of "${OPT[version]}")))
}

go_back() {
  log "no majority answers, and this member ran etcd $(linked_version): going back to ${OPT[version]}"
  timeout 60 systemctl stop etcd || log "systemctl stop ended with $?"
  apply_declared
  start_declared
}

start_declared() {
  systemctl reset-failed etcd 2>/dev/null || true
  systemctl start --no-block etcd
}

# True when etcd ended since another member called it removed. Such an end is a clean exit: systemd starts nothing.
ended_as_removed() {
  # Not through a pipe: under pipefail a grep that has seen enough fails it.
  is_down && [[ $(journalctl --unit etcd --lines 40 --no-pager --output cat 2>/dev/null) == *'the member has been permanently removed from the cluster'* ]]
}
