# shellcheck shell=bash
# What the live cluster says. Sourced after lib.sh and answers.sh; needs the options members (name=peerURL,…) and name.

ctl() { ctl_with "$ETC" --command-timeout=5s "$@"; }

# ctl_with DIR …: etcdctl with the certificates in DIR.
ctl_with() {
  local dir=$1
  shift
  ETCDCTL_API=3 timeout "${CTL_LIMIT_S:-20}" "$BIN/etcdctl" --dial-timeout=2s \
    --cacert="$dir/ca.pem" --cert="$dir/kubernetes.pem" --key="$dir/kubernetes-key.pem" "$@"
}

# tls_session HOST:PORT DIR: what openssl tells of a TLS session, the certificate served among it, with those in DIR
# as the client's. A process that is frozen, or waits for a quorum, accepts connections and says nothing.
tls_session() {
  timeout "${TLS_LIMIT_S:-10}" openssl s_client -connect "$1" -cert "$2/kubernetes.pem" -key "$2/kubernetes-key.pem" \
    </dev/null 2>/dev/null
}

# Client URLs of the declared members; `others` leaves this node out.
client_url() { sed -e 's/^[^=]*=//' -e 's/:2380$/:2379/' <<<"$1"; }

declared_entries() { tr ',' '\n' <<<"${OPT[members]}"; }

others() {
  local entry
  while read -r entry; do
    [[ ${entry%%=*} == "${OPT[name]}" ]] || client_url "$entry"
  done < <(declared_entries)
}

everybody() {
  local entry
  while read -r entry; do client_url "$entry"; done < <(declared_entries)
}

own_peer_url() { declared_entries | sed -n "s/^${OPT[name]}=//p"; }

# status_field ENDPOINT FIELD: a field of `endpoint status -w fields`, whose names 3.4 to 3.6 share; nothing when
# the member does not answer.
status_field() {
  answer_of ctl --endpoints="$1" endpoint status -w fields | number_in "$2" || true
}

# is_healthy ENDPOINT: it got an answer through a quorum. From 3.5 on etcdctl calls a member unhealthy for an alarm, too;
# a full database is one for raised_alarms to tell of, and keeps nobody from answering.
is_healthy() {
  local said full='Active Alarm\(s\): (NOSPACE *)+($|")'
  # Not through a pipe: under pipefail the etcdctl that fails would be the answer.
  said=$(
    ctl --endpoints="$1" endpoint health 2>&1 | head -c "$ANSWER_LIMIT"
    exit "${PIPESTATUS[0]}"
  ) && return 0
  grep -qE "$full" <<<"$said"
}

# The member list that all answering members of `others` or `everybody` agree on; fails with 1 when nobody answers,
# with 2 when they disagree or a list is not plain.
# In 3.4 a single member's answer may be stale, so a disagreement counts as no answer.
agreed_member_list_of() {
  local endpoint list status first=''
  while read -r endpoint; do
    # A closed port answers at once, where etcdctl would try until its time-out.
    accepts_tcp "$endpoint" || continue
    status=0
    list=$(member_list_at "$endpoint" | sort) || status=$?
    if ((status == 2)); then
      log "the member list of $endpoint is not six fields of plain characters a line; see 'etcdctl member list | cat -v' there, and docs/operate/troubleshooting.md"
      return 2
    fi
    ((status == 0)) || continue
    first=${first:-$list}
    if [[ $list != "$first" ]]; then
      log "members disagree on the member list; $endpoint says: $list"
      return 2
    fi
  done < <("$1")
  [[ -n $first ]] && printf '%s\n' "$first"
}

accepts_tcp() {
  local address=${1#https://}
  # shellcheck disable=SC2016 # the inner shell expands them
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2"' _ "${address%:*}" "${address##*:}" 2>/dev/null
}

# member_by_url LIST PEER_URL: that member's line.
member_by_url() { awk -F', ' -v url="$2" '$4 == url' <<<"$1"; }

# True when the member of a line has never told the cluster its client URLs: it has not started once.
# A founder has a name from the initial cluster on, so etcdctl's "started" says nothing about it.
never_started() { [[ -z $(field "$1" 5) ]]; }

# A call whose answer was lost has changed the cluster all the same: what the members say afterwards counts.

# is_off_the_list everybody|others ID
is_off_the_list() {
  local list
  list=$(agreed_member_list_of "$1") && ! grep -q "^$2, " <<<"$list"
}

# leads_no_more ID: decimal, as `endpoint status` prints it.
leads_no_more() {
  local leader
  leader=$(status_field "$LOCAL" Leader)
  [[ -n $leader && $leader != 0 && $leader != "$1" ]]
}

field() { awk -F', ' -v n="$2" '{ print $n }' <<<"$1"; }

# reasons_not_to_restart [ALARM]: what keeps this node from being restarted safely, one reason a line; nothing when it
# is safe. An alarm of the kind ALARM is no reason.
# Judged on the members that the cluster has, not on those that are declared and have yet to join.
reasons_not_to_restart() {
  local list line endpoint alarms
  [[ -n $(others) ]] || return 0
  # Asked first: it can take seconds, and what is known of the members' health has to be as new as can be.
  alarms=$(raised_alarms "${1:-}")
  if ! list=$(agreed_member_list_of everybody); then
    reason MEMBERS_DISAGREE "the members give no member list that they agree on"
    return 0
  fi
  if grep -q ', true$' <<<"$list"; then
    reason JOIN_UNFINISHED "a learner has not been promoted yet"
  fi
  while read -r line; do
    [[ $(field "$line" 4) == "$(own_peer_url)" ]] && continue
    endpoint=$(client_url "$(field "$line" 4)")
    if never_started "$line"; then
      reason JOIN_UNFINISHED "$endpoint is a member that has not started yet"
    elif ! is_healthy "$endpoint"; then
      reason MEMBER_UNHEALTHY "$endpoint is not healthy"
    fi
  done <<<"$list"
  [[ -z $alarms ]] || echo "$alarms"
}

# reason CODE MESSAGE: prints what stands against a change; refuse_for ends the phase over it.
reason() { printf '%s: %s\n' "$@"; }

# refuse_for REASONS WHAT: ends the phase with the first reason's code when there are any, one a line; WHAT says what
# was left alone.
# With another look at the others: as a leader freezes, the first member that is not healthy may be one that follows.
refuse_for() {
  local reasons=$1
  [[ -n $reasons ]] || return 0
  printf '  - %s\n' "${reasons//$'\n'/$'\n'  - }" | harmless >&2
  die_seeing_others "${reasons%%:*}" "refused, $2, for the reasons above; fix them and run 'pulumi up' again"
}

# die_seeing_others CODE MESSAGE: ends the phase over something that another member may be the cause of.
die_seeing_others() {
  local endpoint seen=''
  while read -r endpoint; do
    seen+="$endpoint $(is_healthy "$endpoint" && echo healthy || echo 'not healthy'); "
  done < <(others)
  [[ -z $seen ]] || log "seen: $seen"
  die "$@"
}

# alarm_lines: as etcdctl prints them. Any member with a quorum tells of all alarms. One at a time: asked of several,
# etcdctl may wait for the one that is cut off until its time is up.
alarm_lines() {
  local endpoint
  while read -r endpoint; do
    accepts_tcp "$endpoint" || continue
    answer_of ctl --endpoints="$endpoint" alarm list && return 0
  done < <(everybody)
  return 1
}

# raised_alarms [KIND]: what is said of the alarms that are raised, but for those of KIND.
raised_alarms() {
  local alarms
  if ! alarms=$(alarm_lines); then
    reason NO_QUORUM "no member says whether an alarm is raised"
    return 0
  fi
  [[ -z ${1:-} ]] || alarms=$(sed "/ alarm:$1 *\$/d" <<<"$alarms")
  alarms=${alarms//$'\n'/ }
  [[ -z $alarms ]] || reason ALARM_RAISED "an alarm is raised: ${alarms:0:500}; see docs/operate/troubleshooting.md"
}

# version_at ENDPOINT etcdserver|etcdcluster|storage: nothing when the member does not answer.
version_at() {
  answer_of curl -fsS --max-time 5 --cacert "$ETC/ca.pem" --cert "$ETC/kubernetes.pem" --key "$ETC/kubernetes-key.pem" \
    "$1/version" | version_in "$2" || true
}

# What every member must run before any goes to a minor, and the release of it to take.
# minors:begin
UPGRADE_FROM=([6]="3.5.32 3.5.33")
# minors:end

# reasons_against_version [on-data]: refuses a skipped minor, a downgrade, and the jumps that etcd does not support. A
# cluster in the middle of an upgrade still has the old cluster version, so going back to the old binaries is no
# downgrade. A member with data, which is well, may begin etcd's own.
reasons_against_version() {
  local endpoint live=''
  while read -r endpoint; do
    live=$(version_at "$endpoint" etcdcluster)
    [[ -z $live ]] || break
  done < <(everybody)
  [[ -n $live ]] || return 0
  local live_minor declared_minor
  live_minor=$(cut -d. -f2 <<<"$live")
  declared_minor=$(cut -d. -f2 <<<"${OPT[version]}")
  if ((declared_minor > live_minor + 1)); then
    reason UPGRADE_PATH "the cluster is at ${live%.*} and etcdVersion ${OPT[version]} skips a minor; upgrade to 3.$((live_minor + 1)) first"
  elif ((declared_minor < live_minor)); then
    reasons_against_downgrade "$live_minor" "$declared_minor" "${1:-}"
  elif ((declared_minor > live_minor)) && [[ -n ${UPGRADE_FROM[declared_minor]-} ]]; then
    members_below "$live_minor" "${UPGRADE_FROM[declared_minor]}"
  elif ((declared_minor == 5 && live_minor == 4)) && auth_is_enabled "$endpoint"; then
    reason AUTH_ENABLED "authentication is enabled, and etcd does not support rolling from 3.4 to 3.5 with it; run 'etcdctl auth disable' first"
  fi
}

# members_below MINOR "OLDEST NEWEST": refuses for each member of the minor that is older than the upgrade wants it.
members_below() {
  local minor=$1 oldest=${2% *} newest=${2#* } endpoint running
  while read -r endpoint; do
    running=$(version_at "$endpoint" etcdserver)
    if [[ $running == 3."$minor".* ]] && ((${running##*.} < ${oldest##*.})); then
      reason UPGRADE_PATH "$endpoint runs etcd $running, and 3.$((minor + 1)) needs every member at $oldest or later first; set etcdVersion $newest"
    fi
  done < <(everybody)
}

# count_reachable everybody|others: how many of these declared members have an open client port.
count_reachable() {
  local endpoint count=0
  while read -r endpoint; do
    if accepts_tcp "$endpoint"; then count=$((count + 1)); fi
  done < <("$1")
  echo "$count"
}

# How many of the declared members are a majority.
majority() { echo $(($(declared_entries | wc -l) / 2 + 1)); }

# True when so many members are off that none can be healthy, however long one waits.
majority_is_off() { (($(count_reachable everybody) < $(majority))); }
