# shellcheck shell=bash
# etcd's database quota, and the alarm by which it stops taking writes.
#
# Needs: answers.sh, cluster.sh, declared.sh, lib.sh, reasons.sh.
# Gives: raises_quota_alone, reasons_against_quota, clear_full_alarm.

# quota_in FILE: of variables, the last one as etcd takes it.
quota_in() {
  local line value=''
  while IFS= read -r line; do
    if [[ $line =~ ^ETCD_QUOTA_BACKEND_BYTES=([0-9]+)$ ]]; then value=${BASH_REMATCH[1]}; fi
  done <"$1" || return
  echo "$value"
}

# The quota that the process was started with; an earlier run may have changed the file since.
quota_in_use() {
  local pid
  pid=$(systemctl show etcd --property MainPID --value)
  if ((${pid:-0} > 0)); then
    quota_in <(tr '\0' '\n' <"$NODE_ROOT/proc/$pid/environ")
  else
    quota_in "$ETC/etcd.env" 2>/dev/null || true
  fi
}

# True when the declared quota is all that the running process was not started with, and larger. That is what helps
# when the database is full.
raises_quota_alone() {
  local now want with_now
  now=$(quota_in_use)
  want=$(quota_in "$DECLARED/etcd.env")
  [[ -n $now && -n $want ]] && ((want > now)) || return 1
  with_now=$(sed "s/^\(ETCD_QUOTA_BACKEND_BYTES=\).*/\1$now/" "$DECLARED/etcd.env")
  [[ $(cat "$RUN_DIR/started-with" 2>/dev/null) == "$(declared_fingerprint_with <(echo "$with_now"))" ]]
}

# reasons_against_quota ENDPOINT: a smaller quota must hold this member's database: the next write would raise the alarm.
reasons_against_quota() {
  local now size want
  now=$(quota_in_use)
  want=$(quota_in "$DECLARED/etcd.env")
  [[ -n $want ]] && ((want < ${now:-want + 1})) || return 0
  size=$(database_size "$1")
  [[ -n $size ]] && ((size >= want)) || return 0
  # A new VM does not know what it was, and while the database is full, a member may join with the same.
  [[ -n $now ]] || [[ $(alarm_lines) != *alarm:NOSPACE* ]] || return 0
  reason QUOTA_TOO_SMALL "the database has $((size / 1048576)) MiB, and quotaBackendBytes $want is $((want / 1048576)) MiB: etcd would accept no writes. Set it higher, or compact and defragment first; see docs/operate/troubleshooting.md"
}

# members_without_room: those whose database, with what etcd needs to go on, does not fit the declared quota.
members_without_room() {
  local entry size want
  want=$(quota_in "$DECLARED/etcd.env")
  want=${want:-0}
  for entry in "${ENTRIES[@]}"; do
    size=$(status_field "$(client_url "$entry")" DBSize)
    if [[ -z $size ]]; then
      echo "${entry%%=*} (does not say how large its database is)"
    elif ((size > want * 95 / 100)); then
      echo "${entry%%=*} ($((size / 1048576)) of $((want / 1048576)) MiB)"
    fi
  done
}

no_alarm_is_raised() {
  local alarms
  alarms=$(raised_alarms) && [[ -z $alarms ]]
}

# Every member has the declared quota by now: when all have room, there is no reason to go on refusing writes.
clear_full_alarm() {
  local other full
  no_alarm_is_raised && return 0
  # Disarming clears every alarm.
  other=$(raised_alarms NOSPACE)
  [[ -z $other ]] || die ALARM_RAISED "${other#*: }. It is not cleared by itself"
  full=$(members_without_room | paste -sd,)
  [[ -z $full ]] ||
    die ALARM_RAISED "etcd accepts no writes: the alarm NOSPACE is raised, and there is no space in the database of ${full//,/, }. Raise quotaBackendBytes, or compact and defragment; see docs/operate/troubleshooting.md"
  log "every member has space in its database again: clearing the alarm NOSPACE"
  # Whatever became of the call: what the members say afterwards counts.
  telling ctl --endpoints="$LOCAL" alarm disarm || true
  wait_until 20 "no alarm is raised" no_alarm_is_raised ||
    die ALARM_RAISED "the alarm NOSPACE could not be cleared; run 'etcdctl alarm disarm' on a member, and 'pulumi up' again"
}
