#!/usr/bin/env bash
# The bring-up by hand: Kubernetes The Hard Way's chapter on etcd, its commands run on all controllers at
# once over ssh, as with tmux's synchronized panes. Prints `PHASE begin|end` for each phase on each node as it
# happens, and the member list.
#
# bring-up.sh DIR URL VERSION HOST=IP…: DIR holds ssh_config, and HOST/ with each host's certificates.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LIMIT_S=180

die() {
  printf 'plain-ssh: %s\n' "$*" >&2
  exit 1
}

on() { ssh -F "$DIR/ssh_config" "$@"; }

# try_until WHAT COMMAND…: until it succeeds.
try_until() {
  local what=$1
  shift
  until "$@"; do
    ((SECONDS < LIMIT_S)) || die "after $LIMIT_S s still not: $what"
    sleep 0.2
  done
}

accepts_ssh() { on "$1" true 2>/dev/null; }

bring_up_node() {
  local host=$1
  echo "reach begin"
  try_until "$host answers" accepts_ssh "$host"
  echo "reach end"
  echo "copy begin"
  tar -C "$DIR/$host" -cf - . | on "$host" 'umask 077 && tar -xf -'
  echo "copy end"
  on "$host" bash -s -- "$URL" "$VERSION" "$MEMBERS" <"$HERE/node.sh"
}

member_list() {
  # shellcheck disable=SC2016 # no variable of ours
  on "$1" 'sudo ETCDCTL_API=3 etcdctl member list \
    --endpoints=https://127.0.0.1:2379 \
    --cacert=/etc/etcd/ca.pem \
    --cert=/etc/etcd/kubernetes.pem \
    --key=/etc/etcd/kubernetes-key.pem'
}

all_started() {
  LIST=$(member_list "${HOSTS[0]}") && (($(grep -c ', started, ' <<<"$LIST") == ${#HOSTS[@]}))
}

main() {
  DIR=$1 URL=$2 VERSION=$3
  shift 3
  HOSTS=("${@%%=*}")
  MEMBERS=$(printf '%s\n' "$@" | sed 's|=\(.*\)|=https://\1:2380|' | paste -sd,)
  local host pids=()
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
  trap 'exit 130' INT TERM
  for host in "${HOSTS[@]}"; do
    bring_up_node "$host" &
    pids+=($!)
  done
  for host in "${pids[@]}"; do
    wait "$host" || die "a node could not be brought up"
  done
  echo "member-list begin"
  try_until "${#HOSTS[@]} members have started" all_started
  echo "member-list end"
  printf '%s\n' "$LIST"
}

main "$@"
