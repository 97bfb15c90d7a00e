#!/usr/bin/env bash
# Runs a command in the tree of a test node, as a phase runs on a real one: absolute paths, root, a host
# name, a network of its own. Everything it mounts and starts ends with it. Run by `unshare` (see node.ts).
# A test runs it many times, so it starts as few processes as it can.
#
# usage: sandbox.sh TREE HOST_NAME 'ADDRESS …' COMMAND…
#   TREE     /fake/fstab in it says what to mount
#   ADDRESS  where something listens on port 2379, as a running member does
set -euo pipefail

tree=$1 name=$2 listening=$3
shift 3

start_listeners() {
  [[ -n $listening ]] || return 0
  {
    echo link set lo up
    # shellcheck disable=SC2086 # one word an address
    printf 'addr add %s/32 dev lo\n' $listening
  } | ip -batch -
  # shellcheck disable=SC2086 # one word an address
  exec 3< <(exec "$(dirname "${BASH_SOURCE[0]}")/listen.pl" $listening)
  read -r -u 3
  exec 3<&-
}

# The data disk is a block device that nothing opens: the commands which would are fakes.
make_data_disk() {
  local disk=$tree/dev/disk/by-id/google-etcd-data
  if [[ -e $tree/fake/no-disk ]]; then
    rm -f "$disk"
  elif [[ ! -e $disk ]]; then
    mknod "$disk" b 7 250
  fi
}

hostname "$name"
start_listeners
make_data_disk
mount --all --fstab "$tree/fake/fstab"
# No exec: the first process of a PID namespace cannot be killed from inside, as a test does.
chroot "$tree" "$@"
