# shellcheck shell=bash
# A new minor of etcd tried on a copy of this member's data, in an isolated network.
#
# First as the member that it is: without a majority it serves no client, but its peer port says what it makes of the
# membership. Then as the only member of a cluster, which serves clients: revision and alarms.
#
# Needs: answers.sh, cluster.sh, lib.sh, reasons.sh, removed.sh; options members, name, version.
# Gives: begin_trial, reasons_from_trial, end_trial, TRIAL.

TRIAL=$DISK_MOUNT/trial
TRIAL_UNIT=etcd-trial
TRIAL_LIMIT_S=300

# Before the snapshot is saved: its database must be as new as the revision that is asked for, and as etcd's own .snap
# files, or etcd does not start.
begin_trial() {
  install -d -m 0700 "$TRIAL" "$TRIAL/member" "$TRIAL/member/snap" "$TRIAL/member/wal"
  TRIAL_REVISION=$(status_field "$LOCAL" Revision)
  copy_files "$DATA_DIR"/member/snap/*.snap "$TRIAL/member/snap/" || die SNAPSHOT_FAILED "no copy of this member's data could be made for the trial of etcd ${OPT[version]}; nothing was changed on ${OPT[name]}"
}

# reasons_from_trial SNAPSHOT LIST: what the declared release makes of this member's data that the cluster does not.
reasons_from_trial() {
  local snapshot=$1 list=$2 cluster
  cluster=$(status_field "$LOCAL" ClusterID)
  if ! copy_data "$snapshot"; then
    reason SNAPSHOT_FAILED "no copy of this member's data could be made for the trial of etcd ${OPT[version]}"
    return 0
  fi
  log "trying etcd ${OPT[version]} on a copy of this member's data"
  if start_trial && wait_for_trial trial_peer version; then
    membership_reasons "$list" "$cluster"
    stop_trial
    mark_reasons "$list"
    if start_trial --force-new-cluster && wait_for_trial trial_ctl endpoint health; then
      content_reasons "$TRIAL_REVISION"
    else
      failed_trial
    fi
  else
    failed_trial
  fi
}

# After the database: what is appended meanwhile is replayed.
copy_data() {
  cp --sparse=always "$1" "$TRIAL/member/snap/db" &&
    # The checksum that ends a snapshot is no part of the database.
    truncate --size=-32 "$TRIAL/member/snap/db" &&
    copy_files "$DATA_DIR"/member/wal/*.wal "$TRIAL/member/wal/" &&
    chown -R etcd:etcd "$TRIAL"
}

# copy_files FILE… DIR/: those that are there; etcd may take one away meanwhile.
copy_files() {
  local file
  for file in "${@:1:$#-1}"; do
    cp --sparse=always "$file" "${!#}" 2>/dev/null || [[ ! -e $file ]] || return 1
  done
}

# start_trial FLAG…
start_trial() {
  systemd-run --quiet --collect --service-type=exec --unit="$TRIAL_UNIT" --property=PrivateNetwork=yes --property=User=etcd \
    --property=Group=etcd --property=UMask=0077 --property="EnvironmentFile=$DECLARED/etcd.env" \
    --property=Nice=10 --property=IOSchedulingClass=idle --property="RuntimeMaxSec=3000" \
    "$RELEASES/v${OPT[version]}/etcd" --name "${OPT[name]}" --data-dir="$TRIAL" \
    --cert-file="$ETC/kubernetes.pem" --key-file="$ETC/kubernetes-key.pem" --trusted-ca-file="$ETC/ca.pem" \
    --peer-cert-file="$ETC/kubernetes.pem" --peer-key-file="$ETC/kubernetes-key.pem" \
    --peer-trusted-ca-file="$ETC/ca.pem" --client-cert-auth --peer-client-cert-auth \
    --listen-peer-urls=https://127.0.0.1:2380 --listen-client-urls="$LOCAL" \
    --initial-advertise-peer-urls="$OWN_PEER_URL" --advertise-client-urls="$(client_url "$OWN_PEER_URL")" \
    --initial-cluster="${OPT[members]}" --initial-cluster-state=existing "$@"
}

# The unit goes away by itself when its process has ended.
stop_trial() { systemctl stop "$TRIAL_UNIT" 2>/dev/null || true; }

end_trial() {
  stop_trial
  rm -rf "$TRIAL"
}

# wait_for_trial COMMAND…: until the command succeeds, or the process has ended. Large data take a while to read where
# etcd itself has the disk first.
wait_for_trial() {
  ANSWERS=''
  wait_with_progress "$TRIAL_LIMIT_S" "etcd ${OPT[version]} answers on the copy" trial_progress answers_or_has_ended "$@"
  [[ -n $ANSWERS ]]
}

answers_or_has_ended() {
  if "$@" >/dev/null 2>&1; then ANSWERS=yes; fi
  [[ -n $ANSWERS ]] || ! systemctl is-active --quiet "$TRIAL_UNIT"
}

# As wait_with_progress takes it: what was read, and CPU time, in steps that elections alone do not take in time.
trial_progress() {
  local pid read ticks
  pid=$(systemctl show "$TRIAL_UNIT" --property MainPID --value)
  read=$(sed -n 's/^rchar: //p' "/proc/$pid/io" 2>/dev/null) || true
  ticks=$(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null) || true
  printf '%s %s MiB read\n' $((${read:-0} / 16777216 + ${ticks:-0} / 1000)) $((${read:-0} / 1048576))
}

in_trial() { nsenter --net --target "$(systemctl show "$TRIAL_UNIT" --property MainPID --value)" -- "$@"; }

# trial_peer PATH CURL_FLAG…: asks the trial's peer port as a member would.
trial_peer() {
  in_trial curl -sS --http1.1 --fail --max-time 5 --cacert "$ETC/ca.pem" --cert "$ETC/kubernetes.pem" \
    --key "$ETC/kubernetes-key.pem" "${@:2}" "https://127.0.0.1:2380/$1"
}

trial_ctl() {
  ETCDCTL_API=3 in_trial timeout 20 "$BIN/etcdctl" --dial-timeout=2s --command-timeout=5s --endpoints="$LOCAL" \
    --cacert="$ETC/ca.pem" --cert="$ETC/kubernetes.pem" --key="$ETC/kubernetes-key.pem" "$@"
}

failed_trial() {
  reason TRIAL_FAILED "etcd ${OPT[version]} does not start on a copy of this member's data:"
  journalctl --unit "$TRIAL_UNIT" --lines 5 --no-pager --output cat 2>/dev/null | cut -c1-300 || true
}

# membership_reasons LIST CLUSTER_ID
membership_reasons() {
  local list=$1 cluster got want id code
  cluster=$(printf '%x' "${2:-0}")
  got=$(trial_peer members --dump-header "$TRIAL/headers" | trial_members)
  want=$(awk -F', ' '{ print $1, $4 }' <<<"$list" | sort)
  [[ $got == "$want" ]] ||
    reason TRIAL_FAILED "etcd ${OPT[version]} reads different members from this member's data: ${got//$'\n'/, }; the cluster has ${want//$'\n'/, }"
  id=$(tr -d '\r' <"$TRIAL/headers" | sed -n 's/^x-etcd-cluster-id: //Ip')
  [[ $id == "$cluster" ]] || reason TRIAL_FAILED "etcd ${OPT[version]} reads the cluster ID '$id' from this member's data; the cluster has $cluster"
  while read -r id; do
    # 410: it answers this member as one that was removed, and the member shuts down.
    code=$(trial_peer "raft/stream/message/$id" --no-fail --output /dev/null --write-out '%{http_code}' --header "X-Etcd-Cluster-ID: $cluster" \
      --header "X-Server-From: $id" --header "X-Server-Version: ${OPT[version]}" --header 'X-Min-Cluster-Version: 3.0.0' \
      --header 'X-Raft-To: 0') || true
    case $code in
      410) reason MARKED_AS_REMOVED "etcd ${OPT[version]} treats the member $id as removed; see docs/operate/upgrade.md#members-marked-as-removed" ;;
      # 412: it would let the member in, but for the wrong X-Raft-To. 404: it is this one itself.
      200 | 404 | 412) ;;
      *) reason TRIAL_FAILED "etcd ${OPT[version]} does not say whether it treats the member $id as removed (HTTP $code)" ;;
    esac
  done < <(awk -F', ' '{ print $1 }' <<<"$list")
}

# The peer port's JSON as lines `ID PEER_URL`, IDs in hexadecimal.
trial_members() {
  local line id
  sed 's/},{/}\n{/g' | while IFS= read -r line || [[ -n $line ]]; do
    id=$(sed -n 's/.*"id":\([0-9]*\).*/\1/p' <<<"$line")
    printf '%x %s\n' "${id:-0}" "$(sed -n 's/.*"peerURLs":\["\([^"]*\)".*/\1/p' <<<"$line")"
  done | sort
}

# Starting must not have marked anybody.
mark_reasons() {
  local marked
  marked=$(marked_in "$TRIAL/member/snap/db" "$1") || marked="its database could not be read"
  [[ -z $marked ]] || reason MARKED_AS_REMOVED "etcd ${OPT[version]} marks current members as removed when it starts on this member's data: $marked"
}

# content_reasons REVISION: at least this one was there before the copy was made.
content_reasons() {
  local revision alarms
  revision=$(trial_ctl endpoint status -w fields | number_in Revision)
  if ! { is_number "$revision" && is_number "$1" && ((revision >= $1)); }; then
    reason TRIAL_FAILED "etcd ${OPT[version]} reads revision ${revision:-unknown} from this member's data, which has revision ${1:-unknown}"
  fi
  alarms=$(trial_ctl alarm list) || alarms="no answer"
  [[ -z $alarms ]] || reason TRIAL_FAILED "etcd ${OPT[version]} raises an alarm on this member's data: ${alarms//$'\n'/ }"
}
