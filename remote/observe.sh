# shellcheck shell=bash
# What is live on this node, for `npm run verify`: one fact a line, `NAME<TAB>VALUE`. Changes nothing, and is not
# installed: it is sent after what it needs in one script, so that a node whose files have drifted is looked at by the
# right ones.
#
# Needs: answers.sh, cluster.sh, declared.sh, lib.sh, removed.sh; options ip, version.
# Gives: observe.

# A missing file is also a fact.
fact_file() {
  if [[ -f $1 ]]; then
    printf 'file %s\t%s %s\n' "$1" "$(sha256sum <"$1" | cut -d' ' -f1)" "$(stat -Lc '%04a %U:%G' "$1")"
  else
    printf 'file %s\tmissing\n' "$1"
  fi
}

# One line, whatever the value: etcd can give its own process any command line.
fact() { printf '%s\t%s\n' "$1" "$(printf '%s' "$2" | head -c 16384 | tr '\n\t' '??' | harmless)"; }

# quiet COMMAND…: what it prints, nothing when it fails.
quiet() { "$@" 2>/dev/null || true; }

unit_facts() {
  local properties=LoadState,ActiveState,SubState,UnitFileState,NeedDaemonReload,FragmentPath,DropInPaths
  systemctl show etcd --property "$properties" | sed -n 's/^\([A-Za-z]*\)=/unit.\1\t/p'
}

# The unit's main process: the binary that it has open, its flags and etcd's own variables.
process_facts() {
  local pid
  pid=$(systemctl show etcd --property MainPID --value)
  ((pid > 0)) || return 0
  fact exe "$(quiet readlink "/proc/$pid/exe")"
  fact cmdline "$(quiet tr '\0' ' ' <"/proc/$pid/cmdline")"
  fact environ "$(quiet tr '\0' '\n' <"/proc/$pid/environ" | grep '^ETCD_' | sort | paste -sd' ')"
  fact started-with "$(quiet cat "$RUN_DIR/started-with")"
  fact declared-fingerprint "$(quiet declared_fingerprint)"
}

binary_facts() {
  local file
  for file in etcd etcdctl; do
    fact "link $BIN/$file" "$(quiet readlink -f "$BIN/$file")"
  done
  fact release-sha256 "$(quiet cat "$RELEASES/v${OPT[version]}/SHA256")"
}

served_by() {
  TLS_LIMIT_S=5 tls_session "$1" "$ETC" | openssl x509 -outform der 2>/dev/null | sha256sum | cut -d' ' -f1
}

etcd_facts() {
  local port alarms version
  for port in 2379 2380; do
    fact "served $port" "$(quiet served_by "${OPT[ip]}:$port")"
  done
  fact ended "$(how_it_ended)"
  version=$(version_at "$LOCAL" etcdserver)
  fact version "$version"
  # A process that does not even say its version, such as a frozen one, would be waited for at each question.
  if [[ -z $version ]]; then
    fact health unhealthy
    fact alarms unknown
    return 0
  fi
  fact cluster-version "$(version_at "$LOCAL" etcdcluster)"
  fact cluster-id "$(status_field "$LOCAL" ClusterID)"
  fact leader "$(status_field "$LOCAL" Leader)"
  fact health "$(is_healthy "$LOCAL" && echo healthy || echo unhealthy)"
  alarms=$(answer_of ctl --endpoints="$LOCAL" alarm list) || alarms=unknown
  fact alarms "${alarms//$'\n'/ }"
  member_facts "$LOCAL"
}

member_facts() {
  local list status=0
  list=$(member_list_at "$1") || status=$?
  ((status != 2)) || list="not of etcd's shape, as on the node: etcdctl member list -w fields | cat -v"
  [[ -z $list ]] || printf 'member\t%s\n' "${list//$'\n'/$'\nmember\t'}"
  ((status != 0)) || fact marked "$(marked_in "$DATA_DIR/member/snap/db" "$list" || echo 'unknown, its database cannot be read')"
}

data_facts() {
  fact data-mount "$(mountpoint -q "$DATA_DIR" && echo mounted || echo 'not mounted')"
  fact data-mode "$(quiet stat -Lc '%04a %U:%G' "$DATA_DIR")"
  fact wal "$(has_wal && echo present || echo missing)"
  fact data-free "$(quiet df --output=pcent "$DATA_DIR" | awk 'NR == 2 { print 100 - $1 }')"
}

# observe --name NAME --ip IP --version VERSION --members LIST FILE…
observe() {
  local file
  while (($# > 0)) && [[ $1 == --* ]]; do
    OPT[${1#--}]=$2
    shift 2
  done
  fact hostname "$(hostname -s)"
  # Without the phases' retries: an unreachable node must be reported soon.
  fact instance "$(quiet metadata instance/id --retry 0 --max-time 5)"
  for file in "$@"; do fact_file "$file"; done
  unit_facts
  process_facts
  binary_facts
  etcd_facts
  data_facts
  # An incomplete report must not pass for a complete one.
  fact end ok
}
