# shellcheck shell=bash
# The way back from a new minor that has cost members.
#
# Needs: cluster.sh, declared.sh, lib.sh; options version.
# Gives: linked_version, goes_back, was_told_to_downgrade, go_back.

# The release that the link in place names: what a member that is off ran last. Nothing on a new node.
linked_version() { readlink "$BIN/etcd" 2>/dev/null | sed -n 's|.*/v\([0-9][0-9.]*\)/etcd$|\1|p'; }

# The cluster's version as this member has journaled it last: the oldest release that its data can be read by.
journaled_cluster_version() {
  journalctl --unit etcd --no-pager --output cat --reverse 2>/dev/null |
    sed -n '/cluster version/{s/.*"\(cluster-version\|to\)":"\([0-9.]*\)".*/\2/;T;p;q}'
}

# True when this member ran a newer minor than the declared one, somebody is not healthy, and the cluster as a whole has
# never moved to the newer minor. One after the other will not do then: a member on the newer minor shuts down those
# that it takes for removed, as often as they come back. All on the newer minor go back at once.
goes_back() {
  local linked cluster
  linked=$(linked_version)
  [[ -n $linked ]] && (($(minor_of "$linked") > $(minor_of "${OPT[version]}"))) || return 1
  ! was_told_to_downgrade || return 1
  ! everybody_is_healthy || return 1
  cluster=$(journaled_cluster_version)
  [[ -n $cluster ]] && (($(minor_of "$cluster") <= $(minor_of "${OPT[version]}")))
}

# True when the cluster goes back by etcd's own downgrade, since this member runs the release in place: that moves the
# cluster's version as well, and treats no member as removed. One member after the other will do.
was_told_to_downgrade() {
  journalctl --unit etcd --no-pager --output cat --since "@$(stat --format %Y "$BIN/etcd")" 2>/dev/null |
    grep -c 'The server is ready to downgrade' >/dev/null
}

everybody_is_healthy() {
  local endpoint
  ask_each is_healthy "${EVERYBODY[@]}"
  for endpoint in "${EVERYBODY[@]}"; do
    [[ ${ENDED[$endpoint]} == 0 ]] || return 1
  done
}

go_back() {
  log "not every member is healthy, and this one ran etcd $(linked_version): going back to ${OPT[version]}"
  timeout 60 systemctl stop etcd || log "systemctl stop ended with $?"
  set_aside_new_snapshots
  apply_declared
  start_declared
}

# 3.6 writes the marks of removed members from its database into the raft snapshots that it saves. 3.5 believes those,
# and would turn the same members away. It replays the log after an older snapshot instead.
set_aside_new_snapshots() {
  local since aside new snapshots=$DISK_MOUNT/data/member/snap
  since=$(stat --format %Y "$BIN/etcd")
  new=$(find "$snapshots" -maxdepth 1 -name '*.snap' -newermt "@$since")
  [[ -n $new ]] || return 0
  if [[ $(find "$snapshots" -maxdepth 1 -name '*.snap' | wc -l) == $(wc -l <<<"$new") &&
  ! -e $DATA_DIR/member/wal/0000000000000000-0000000000000000.wal ]]; then
    log "the log does not reach back before the raft snapshots of $(linked_version); they stay"
    return 0
  fi
  aside=$DISK_MOUNT/archive-$(date -u +%Y%m%dT%H%M%SZ)
  log "moving the raft snapshots of $(linked_version) to $aside"
  mkdir -p "$aside"
  xargs -d '\n' mv -t "$aside" <<<"$new"
}
