# shellcheck shell=bash
# What speaks against a change, and how a phase is ended over it.
#
# Needs: answers.sh, cluster.sh, lib.sh; options name.
# Gives: reasons_not_to_restart, reasons_of_health, alarm_lines, raised_alarms, refuse_lasting_alarm,
# reason_without_list, reason, refuse_for, die_interrupted, refuse_on, die_seeing_others.

# reasons_not_to_restart [ALARM]: what keeps this node from being restarted safely, one reason a line; nothing when it
# is safe. An alarm of the kind ALARM is no reason.
# Judged on the members that the cluster has, not on those that are declared and have yet to join.
reasons_not_to_restart() {
  local list endpoint alarms
  ((${#OTHERS[@]} > 0)) || return 0
  # Asked first: it can take seconds, and what is known of the members' health has to be as new as can be.
  alarms=$(raised_alarms "${1:-}") || return
  list=$(agreed_member_list_of "${EVERYBODY[@]}") || {
    reason_without_list $?
    return 0
  }
  if [[ $list$'\n' == *', true'$'\n'* ]]; then
    reason JOIN_UNFINISHED "a learner has not been promoted yet"
  fi
  others_in "$list"
  for endpoint in "${NEVER_STARTED[@]}"; do
    reason JOIN_UNFINISHED "$endpoint is a member that has not started yet"
  done
  reasons_of_health "is not healthy" "${STARTED[@]}"
  [[ -z $alarms ]] || echo "$alarms"
}

# reasons_of_health WHAT ENDPOINT…: one for each that is not healthy.
reasons_of_health() {
  local what=$1 endpoint
  shift
  ask_each is_healthy "$@"
  for endpoint; do
    [[ ${ENDED[$endpoint]} == 0 ]] || reason MEMBER_UNHEALTHY "$endpoint $what"
  done
}

# alarm_lines: as etcdctl prints them. Any member with a quorum reports every alarm. One at a time: with several
# endpoints etcdctl may wait for an unreachable one until its time-out.
alarm_lines() {
  local endpoint
  for endpoint in "${EVERYBODY[@]}"; do
    accepts_tcp "$endpoint" || continue
    answer_of ctl --endpoints="$endpoint" alarm list && return 0
  done
  return 1
}

# raised_alarms [KIND]: what is said of the alarms that are raised, but for those of KIND. By no process but etcdctl: one
# that is killed would leave out an alarm.
raised_alarms() {
  local alarms line
  if ! alarms=$(alarm_lines); then
    reason NO_QUORUM "no member says whether an alarm is raised"
    return 0
  fi
  split "$alarms" $'\n'
  alarms=''
  for line in "${PARTS[@]}"; do
    [[ -n ${1:-} && "$line " == *" alarm:$1 "* ]] || alarms+="$line "
  done
  alarms=${alarms% }
  [[ -z $alarms ]] || reason ALARM_RAISED "an alarm is raised: ${alarms:0:500}; see docs/operate/troubleshooting.md"
}

# Ends the phase over an alarm that is not of a full database. From 3.5 on etcdctl calls members unhealthy for one, so it
# is asked for before anything waits until they are healthy.
refuse_lasting_alarm() {
  local alarms
  alarms=$(raised_alarms NOSPACE)
  [[ $alarms != ALARM_RAISED:* ]] || die ALARM_RAISED "${alarms#*: }. It is not cleared by itself"
}

# reason_without_list STATUS: of agreed_member_list_of, which has logged what it saw.
reason_without_list() {
  if (($1 == 3)); then
    reason MEMBER_LIST_INVALID "a member's list is not of etcd's shape, or has a peer URL of odd characters"
  else
    reason MEMBERS_DISAGREE "the members do not agree on one member list"
  fi
}

# reason CODE MESSAGE: prints what speaks against a change; refuse_for ends the phase over it.
reason() { printf '%s: %s\n' "$@"; }

# refuse_for WHAT COMMAND…: ends the phase when COMMAND prints reasons, one a line, with the code of the first; WHAT says
# what was left alone. COMMAND ends with 0: one that was killed, or for which `hear` has heard of one that was, has shown
# nothing, and ends the phase as well.
# With another look at the others: as a leader freezes, the first member that is not healthy may be one that follows.
refuse_for() {
  local what=$1 mark=$RUN_DIR/killed-$$ reasons end=''
  shift
  # shellcheck disable=SC2034 # void_check reads it
  reasons=$(VOID_MARK=$mark && "$@" && echo shown) || true
  [[ $reasons == *shown && ! -e $mark ]] || end=interrupted
  [[ ! -e $mark ]] || rm -f "$mark"
  reasons=${reasons%shown}
  reasons=${reasons%$'\n'}
  if [[ -n $reasons ]]; then
    printf '  - %s\n' "${reasons//$'\n'/$'\n'  - }" | harmless >&2
    die_seeing_others "${reasons%%:*}" "refused, $what, for the reasons above; fix them and run 'pulumi up' again"
  fi
  [[ -z $end ]] || die_interrupted "$what"
}

# die_interrupted [WHAT]: a check that was killed has shown nothing.
die_interrupted() {
  die_seeing_others CHECK_INTERRUPTED "a check was interrupted, ${1:-nothing was changed on ${OPT[name]}}. Run 'pulumi up' again"
}

refuse_on() { refuse_for "nothing was changed on ${OPT[name]}" "$@"; }

# die_seeing_others CODE MESSAGE: ends the phase over something that another member may be the cause of.
die_seeing_others() {
  local endpoint state seen=''
  ask_each is_healthy "${OTHERS[@]}"
  for endpoint in "${OTHERS[@]}"; do
    state=healthy
    [[ ${ENDED[$endpoint]} == 0 ]] || state="not healthy"
    seen+="$endpoint $state; "
  done
  [[ -z $seen ]] || log "seen: $seen"
  die "$@"
}
