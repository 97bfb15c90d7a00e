#!/usr/bin/env bash
# Last phase, on one node: removes members that are no longer declared, one at a time, and prints the
# member list. stdout is the list and nothing else.
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
# shellcheck source=quota.sh
source "${BASH_SOURCE[0]%/*}/quota.sh"

OPTIONS="name version members"
TRIGGERS="instances"

all_declared_healthy() {
  local names
  names=$(declared_and_not_healthy) && [[ -z $names ]]
}

declared_and_not_healthy() {
  local entry
  ask_each entry_is_healthy "${ENTRIES[@]}"
  for entry in "${ENTRIES[@]}"; do
    [[ ${ENDED[$entry]} == 0 ]] || echo "${entry%%=*}"
  done
}

entry_is_healthy() { is_healthy "$(client_url "$1")"; }

# The unhealthy members. A node that reaches no other member may be the only faulty one, and says so.
unhealthy_as_seen_here() {
  local names
  names=$(declared_and_not_healthy | paste -sd' ')
  if ((${#OTHERS[@]} > 0 && $(count_reachable "${EVERYBODY[@]}") <= 1)); then
    names+=" (as seen from ${OPT[name]}, which reaches no other member and may itself be the unreachable one)"
  fi
  echo "$names"
}

# Members that answer and run a different version from the declared one, with that version.
of_another_version() {
  local entry running
  ask_each version_of "${ENTRIES[@]}"
  for entry in "${ENTRIES[@]}"; do
    running=${SAID[$entry]}
    [[ -z $running || $running == "${OPT[version]}" ]] || echo "${entry%%=*} $running"
  done
}

version_of() { version_at "$(client_url "$1")" etcdserver; }

undeclared_members() {
  local line
  while read -r line; do
    [[ ",${OPT[members]}," == *"=$(field "$line" 4),"* ]] || echo "$line"
  done <<<"$1"
}

# A leader that has to go hands over to a declared member first.
move_leadership_to_declared() {
  local endpoint leader target
  # Not by its client URL, which it tells itself.
  endpoint=$(field "$1" 4)
  endpoint=$(client_url "${endpoint%%,*}")
  leader=$(status_field "$LOCAL" Leader)
  [[ $(printf '%x' "$leader") == "$(field "$1" 1)" ]] || return 0
  target=$(status_field "$LOCAL" MemberID)
  telling ctl --endpoints="$endpoint" move-leader "$(printf '%x' "$target")" || wait_until 10 "a declared member leads" leads_no_more "$leader" ||
    die LEADER_STAYS "$(field "$1" 3) leads and could not hand leadership over; nothing was removed. Run 'pulumi up' again"
}

remove_undeclared() {
  local list leader undeclared line
  while true; do
    list=$(agreed_member_list_of "${EVERYBODY[@]}") || refuse_for "and no other member was removed" reason_without_list $?
    undeclared=$(undeclared_members "$list")
    [[ -n $undeclared ]] || return 0
    leader=$(printf '%x' "$(status_field "$LOCAL" Leader)")
    # Followers first.
    line=$(awk -F', ' -v leader="$leader" '$1 == leader { last = $0; next } { print } END { if (last) print last }' <<<"$undeclared" | head -n1)
    wait_until 60 "every declared member is healthy" all_declared_healthy ||
      die MEMBER_UNHEALTHY "a declared member is not healthy; not removing $(field "$line" 3)"
    refuse_for "and $(field "$line" 3) was not removed" reasons_against_auth "$LOCAL"
    move_leadership_to_declared "$line"
    log "removing $(field "$line" 3) ($(field "$line" 1)), which is no longer declared"
    remove_member EVERYBODY "$(field "$line" 1)" ctl --endpoints="$LOCAL" ||
      die MEMBER_CHANGE_REFUSED "the cluster refused to remove $(field "$line" 3)"
    sleep 5
  done
}

main() {
  parse_options "$@"
  know_members
  take_lock
  all_declared_healthy || {
    refuse_lasting_alarm
    wait_until 60 "every declared member is healthy" all_declared_healthy ||
      die MEMBER_UNHEALTHY "not healthy: $(unhealthy_as_seen_here); bring them back, or have them join again by 'pulumi up --replace' of their converge command (docs/operate/replace-member.md)"
  }
  local strays
  strays=$(of_another_version)
  [[ -z $strays ]] ||
    die OTHER_VERSION_RUNS "declared is etcd ${OPT[version]}, and these run another version: ${strays//$'\n'/, }; run 'pulumi up --replace' of their converge command"
  clear_full_alarm
  remove_undeclared
  local list
  list=$(member_list_at "$LOCAL") || die MEMBER_LIST_INVALID "the member list is not of etcd's shape; see 'etcdctl member list -w fields | cat -v', and docs/operate/troubleshooting.md"
  [[ $list != *not-plain* ]] ||
    log "a member has a name or a client URL of odd characters, shown as 'not-plain': see MEMBER_LIST_INVALID in docs/operate/troubleshooting.md"
  printf '%s\n' "$list"
}

main "$@"
