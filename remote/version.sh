# shellcheck shell=bash
# Whether the cluster may go to the declared etcd version, by the versions that its members run.
#
# Needs: authentication.sh, cluster.sh, reasons.sh; options version.
# Gives: reasons_against_version, reads_no_old_log.

# What every member must run before any goes to a minor, and the release of it to take.
# minors:begin
UPGRADE_FROM=([6]="3.5.32 3.5.33" [7]="3.6.11 3.6.14")
# minors:end

# reasons_against_version [on-data]: refuses a skipped minor, a downgrade, and the jumps that etcd does not support. A
# cluster in the middle of an upgrade still has the old cluster version, so going back to the old binaries is no
# downgrade. A healthy member with data may begin etcd's own.
reasons_against_version() {
  local endpoint live=''
  for endpoint in "${EVERYBODY[@]}"; do
    live=$(version_at "$endpoint" etcdcluster)
    [[ -z $live ]] || break
  done
  [[ -n $live ]] || return 0
  local live_minor declared_minor
  live_minor=$(minor_of "$live")
  declared_minor=$(minor_of "${OPT[version]}")
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

# reasons_against_downgrade LIVE_MINOR DECLARED_MINOR [on-data]
reasons_against_downgrade() {
  local at="the cluster is at 3.$1 and etcdVersion ${OPT[version]} is older" floor=${UPGRADE_FROM[$1]-}
  floor=${floor% *}
  if [[ -z $floor ]] || (($2 < $1 - 1)); then
    reason UPGRADE_PATH "$at: etcd cannot go back; set etcdVersion 3.$1.x"
  elif ((${OPT[version]##*.} < ${floor##*.})); then
    reason UPGRADE_PATH "$at: 3.$1 goes back to $floor or later; set etcdVersion ${UPGRADE_FROM[$1]#* }"
  elif [[ ${3:-} != on-data ]]; then
    reason UPGRADE_PATH "$at: only a healthy member can begin to go back; set etcdVersion to the release that the others run, run 'pulumi up', then go back"
  fi
}

# What 3.5 wrote to the raft log makes 3.7 end at its start. It goes to no later minor: the log before it is not read.
reads_no_old_log() { [[ ${OPT[version]} == 3.7.* ]]; }

# members_below MINOR "OLDEST NEWEST": refuses for each member of the minor that is older than the upgrade wants it.
members_below() {
  local minor=$1 oldest=${2% *} newest=${2#* } endpoint running
  for endpoint in "${EVERYBODY[@]}"; do
    running=$(version_at "$endpoint" etcdserver)
    if [[ $running == 3."$minor".* ]] && ((${running##*.} < ${oldest##*.})); then
      reason UPGRADE_PATH "$endpoint runs etcd $running, and 3.$((minor + 1)) needs every member at $oldest or later first; set etcdVersion $newest"
    fi
  done
}
