#!/usr/bin/env bash
# Runs on the bastion, as its user: waits until a VM shows the host key that every connection pins. The command plugin
# has one stream through a bastion for each dial, and the first key of a new VM, its guest agent's, would end it.
set -euo pipefail

die() {
  printf 'etcd-node: bastion: reach: ERROR %s: %s\n' "$1" "$2" >&2
  exit 1
}

main() {
  local name='' ip='' host_key='' limit='' said
  while (($# > 1)); do
    case $1 in
      --name) name=$2 ;;
      --ip) ip=$2 ;;
      --host-key) host_key=$2 ;;
      --limit) limit=$2 ;;
    esac
    shift 2
  done
  command -v ssh-keyscan >/dev/null || die TOOL_MISSING "the bastion has no ssh-keyscan; install openssh-client there"
  until said=$(ssh-keyscan -T 5 -t ed25519 "$ip" 2>&1 </dev/null) && grep -qF "$host_key" <<<"$said"; do
    # Whoever answers there may have written anything.
    said=${said//[^[:print:]]/ }
    ((SECONDS < limit)) ||
      die VM_NOT_REACHED "$name does not show its pinned host key at port 22 of $ip after $limit s; ssh-keyscan says: ${said:0:300}"
    sleep 1
  done
}

main "$@"
