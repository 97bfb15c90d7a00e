# shellcheck shell=bash
# The declared members, and what the live ones answer. The option members is name=peerURL,….
#
# Needs: answers.sh, lib.sh; options members, name.
# Gives: ctl, ctl_with, tls_session, common_name, client_url, know_members, ask_each, status_of, status_field,
# database_size, is_healthy, agreed_member_list_of, accepts_tcp, waits_for_first_quorum, member_by_url, others_in,
# never_started, remove_member, leads_no_more, field, count_reachable, majority_is_off, version_at, cluster_version,
# minor_of, self_is_healthy, LOCAL, EVERYBODY, OTHERS, OWN_PEER_URL, ENTRIES, MAJORITY, SAID, ENDED, LISTED,
# STARTED, NEVER_STARTED.

# This node's own member.
LOCAL=https://127.0.0.1:2379

ctl() { ctl_with "$ETC" --command-timeout=5s "$@"; }

# ctl_with DIR …: etcdctl with the certificates in DIR.
ctl_with() {
  local dir=$1
  shift
  ETCDCTL_API=3 timeout "${CTL_LIMIT_S:-20}" "$BIN/etcdctl" --dial-timeout=2s \
    --cacert="$dir/ca.pem" --cert="$dir/kubernetes.pem" --key="$dir/kubernetes-key.pem" "$@"
}

# tls_session HOST:PORT DIR: what openssl prints of a TLS session, with the served certificate; the client
# uses the certificate in DIR. A process that is frozen, or waits for a quorum, accepts connections and says nothing.
tls_session() {
  local status=0
  heard "$ANSWER_LIMIT" timeout "${TLS_LIMIT_S:-10}" openssl s_client -connect "$1" -cert "$2/kubernetes.pem" \
    -key "$2/kubernetes-key.pem" </dev/null 2>/dev/null || status=$?
  printf '%s\n' "$HEARD"
  return "$status"
}

# Of the certificate on stdin; nothing when there is none.
common_name() { openssl x509 -noout -subject -nameopt multiline 2>/dev/null | sed -n 's/^ *commonName *= //p' || true; }

# client_url PEER_URL|ENTRY
client_url() {
  local url=${1#*=}
  echo "${url/%:2380/:2379}"
}

# know_members: from the options, the declared members as ENTRIES, their client URLs as EVERYBODY and OTHERS, which leaves
# this node out, how many are a MAJORITY, and OWN_PEER_URL.
know_members() {
  local entry url
  EVERYBODY=() OTHERS=() OWN_PEER_URL=''
  split "${OPT[members]}" ,
  ENTRIES=("${PARTS[@]}")
  for entry in "${ENTRIES[@]}"; do
    url=${entry#*=}
    EVERYBODY+=("${url/%:2380/:2379}")
    if [[ ${entry%%=*} == "${OPT[name]}" ]]; then
      OWN_PEER_URL=$url
    else
      OTHERS+=("${url/%:2380/:2379}")
    fi
  done
  MAJORITY=$((${#ENTRIES[@]} / 2 + 1))
}

# What each member answered to ask_each, and the exit status, by endpoint.
declare -A SAID=() ENDED=()

# ask_each COMMAND ENDPOINT…: COMMAND ENDPOINT for all of them at the same time: those that say nothing are waited for
# together. Whatever keeps one from being asked, or kills it, is no success.
ask_each() {
  local command=$1 endpoint fd
  local -A open=()
  shift
  for endpoint; do
    ENDED[$endpoint]=$KILLED SAID[$endpoint]=''
    exec {fd}< <(telling_status "$command" "$endpoint") || {
      void_check
      continue
    }
    open[$endpoint]=$fd
  done
  for endpoint in "${!open[@]}"; do
    hear "${open[$endpoint]}" $((2 * ANSWER_LIMIT))
    ENDED[$endpoint]=$HEARD_END
    ((HEARD_END == KILLED)) || SAID[$endpoint]=${HEARD%$'\n'}
  done
}

# status_of ENDPOINT: `endpoint status -w fields`, whose names 3.4 to 3.7 share; number_in takes a field out.
status_of() { answer_of ctl --endpoints="$1" endpoint status -w fields; }

# status_field ENDPOINT FIELD: nothing when the member does not answer.
status_field() {
  status_of "$1" | number_in "$2" || true
}

# database_size ENDPOINT: in bytes; nothing when the member does not say. The file of this node's own says it as well.
database_size() {
  local size
  size=$(status_field "$1" DBSize)
  [[ -n $size || $1 != "$LOCAL" ]] || size=$(stat -c %s "$DATA_DIR/member/snap/db" 2>/dev/null) || true
  echo "$size"
}

# is_healthy ENDPOINT: it got an answer through a quorum. From 3.5 on etcdctl also calls a member unhealthy for an alarm;
# raised_alarms reports a full database, which does not keep a member from answering.
is_healthy() {
  local full='Active Alarm\(s\): (NOSPACE *)+($|")'
  heard "$ANSWER_LIMIT" health_of "$1" || grep -qE "$full" <<<"$HEARD"
}

health_of() { ctl --endpoints="$1" endpoint health 2>&1; }

# agreed_member_list_of ENDPOINT…: the member list that all of them that answer agree on; fails with 1 when none answers,
# with 2 when they disagree or one could not be asked, with 3 when a list is not of etcd's shape.
# In 3.4 a single member's answer may be stale, so a disagreement counts as no answer.
agreed_member_list_of() {
  local endpoint list first=''
  ask_each list_if_open "$@"
  for endpoint; do
    list=${SAID[$endpoint]}
    case ${ENDED[$endpoint]} in
      0) ;;
      1) continue ;;
      2)
        log "the member list of $endpoint is not of etcd's shape; see 'etcdctl member list -w fields | cat -v' there, and docs/operate/troubleshooting.md"
        return 3
        ;;
      *)
        log "$endpoint could not be asked for its member list, since a process on this VM was killed"
        return 2
        ;;
    esac
    first=${first:-$list}
    if [[ $list != "$first" ]]; then
      log "members disagree on the member list; $endpoint says: $list"
      return 2
    fi
  done
  [[ -n $first ]] && printf '%s\n' "$first"
}

# A closed port answers at once, where etcdctl would try until its time-out. Every member lists them by ID.
list_if_open() {
  accepts_tcp "$1" && member_list_at "$1"
}

# accepts_tcp ENDPOINT: 0 when it takes a connection within two seconds, 1 when not, 3 when that could not be tried.
accepts_tcp() {
  local address=${1#https://} fd answer='' status=0
  # Without the node's lock and the log: where a host is frozen, the kernel goes on for minutes.
  exec {fd}< <(
    exec 2>/dev/null 9>&- || exit
    if exec 3<>"/dev/tcp/${address%:*}/${address##*:}"; then echo open; else echo closed; fi
  ) || return 3
  IFS= read -r -t 2 -u "$fd" answer || status=$?
  exec {fd}<&-
  if ((status > 128)); then
    kill "$!" 2>/dev/null || true
    answer=closed
  fi
  case $answer in open) ;; closed) return 1 ;; *) return 3 ;; esac
}

# waits_for_first_quorum ENDPOINT: its member says at its peer URL that no member has told the cluster its client URLs
# yet. Until then its client port accepts a connection and says nothing, and etcdctl would wait for its time-out.
# A learner is in a cluster that has had it. The peer port takes HTTP/2 for gRPC.
waits_for_first_quorum() {
  local said
  said=$(get_from "${1/%:2379/:2380}/members" --http1.1) || return 1
  [[ $said == '[{"id":'*'"peerURLs":['* && $said != *'"clientURLs":["'* && $said != *'"isLearner":true'* ]]
}

# member_by_url LIST PEER_URL: that member's line.
member_by_url() { awk -F', ' -v url="$2" '$4 == url' <<<"$1"; }

# others_in LIST: the client URLs of the other members that the cluster has, as LISTED, and which of them are STARTED and
# NEVER_STARTED: declared ones may have yet to join.
others_in() {
  local line url
  LISTED=() STARTED=() NEVER_STARTED=()
  split "$1" $'\n'
  for line in "${PARTS[@]}"; do
    url=${line#*, *, *, }
    url=${url%%, *}
    [[ $url != "$OWN_PEER_URL" ]] || continue
    url=${url/%:2380/:2379}
    LISTED+=("$url")
    if never_started "$line"; then NEVER_STARTED+=("$url"); else STARTED+=("$url"); fi
  done
}

# True when the member of a line has never told the cluster its client URLs: it has not started once.
# A founder has a name from the initial cluster on, so etcdctl's "started" says nothing about it.
never_started() {
  local clients=${1#*, *, *, *, }
  [[ -z ${clients%%, *} ]]
}

# A call whose answer was lost has changed the cluster all the same: what the members say afterwards counts.

# is_off_the_list ID ENDPOINT…
is_off_the_list() {
  local list
  list=$(agreed_member_list_of "${@:2}") && ! grep -q "^$1, " <<<"$list"
}

# remove_member EVERYBODY|OTHERS ID COMMAND…: by etcdctl, which is COMMAND; these are asked when the answer is lost.
remove_member() {
  local -n asked=$1
  telling "${@:3}" member remove "$2" || wait_until 10 "it is off the list" is_off_the_list "$2" "${asked[@]}"
}

# leads_no_more ID: decimal, as `endpoint status` prints it.
leads_no_more() {
  local leader
  leader=$(status_field "$LOCAL" Leader)
  [[ -n $leader && $leader != 0 && $leader != "$1" ]]
}

# field LINE NUMBER: nothing where the line has fewer.
field() {
  local rest="$1, " n
  for ((n = 1; n < $2; n++)); do rest=${rest#*, }; done
  echo "${rest%%, *}"
}

# count_reachable ENDPOINT…: how many of these client ports are open.
count_reachable() {
  local endpoint count=0
  ask_each accepts_tcp "$@"
  for endpoint; do
    if [[ ${ENDED[$endpoint]} == 0 ]]; then count=$((count + 1)); fi
  done
  echo "$count"
}

# True when so many members are off that none can be healthy, however long one waits.
majority_is_off() { (($(count_reachable "${EVERYBODY[@]}") < MAJORITY)); }

# version_at ENDPOINT etcdserver|etcdcluster|storage: nothing when the member does not answer.
version_at() {
  get_from "$1/version" | version_in "$2" || true
}

# get_from URL [CURL_FLAG…]: what etcd answers there.
get_from() {
  answer_of curl -fsS --max-time 5 --cacert "$ETC/ca.pem" --cert "$ETC/kubernetes.pem" --key "$ETC/kubernetes-key.pem" \
    "${@:2}" "$1"
}

# cluster_version ENDPOINT…: as the first of these that answers says; nothing when none does.
cluster_version() {
  local endpoint version
  for endpoint; do
    version=$(version_at "$endpoint" etcdcluster)
    [[ -z $version ]] || break
  done
  echo "${version:-}"
}

minor_of() {
  local rest=${1#*.}
  echo "${rest%%.*}"
}

self_is_healthy() { is_healthy "$LOCAL"; }
