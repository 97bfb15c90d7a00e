#!/usr/bin/env bash
# Runs a command in the tree of a test node, as a phase runs on a real one: absolute paths, root, a host
# name, a network of its own. Everything it mounts and starts ends with it. Run by `unshare` (see node.ts).
#
# usage: sandbox.sh TREE HOST_NAME ROOM_MIB 'ADDRESS …' COMMAND…
#   ROOM_MIB  size of the file system that holds /opt; 0: no limit
#   ADDRESS   where something listens on port 2379, as a running member does
set -euo pipefail

tree=$1 name=$2 room=$3 listening=$4
shift 4
here=$(dirname "${BASH_SOURCE[0]}")

start_listeners() {
  local address
  ip link set lo up
  [[ -n $listening ]] || return 0
  for address in $listening; do ip addr add "$address/32" dev lo; done
  # shellcheck disable=SC2086 # one word an address
  exec 3< <("$NODE_BINARY" "$here/listen.mjs" $listening)
  read -r -u 3
  exec 3<&-
}

# bind SOURCE: the same path in the tree, read-only.
bind() {
  mkdir -p "$tree$1"
  mount --bind "$1" "$tree$1"
  mount -o remount,bind,ro "$tree$1"
}

mount_system() {
  local dir
  mount --bind "$tree" "$tree"
  for dir in /bin /sbin /lib /lib32 /lib64 /libx32; do
    if [[ -L $dir ]]; then
      cp -Pn "$dir" "$tree$dir"
    elif [[ -d $dir ]]; then
      bind "$dir"
    fi
  done
  for dir in /usr/bin /usr/sbin /usr/lib /usr/lib32 /usr/lib64 /usr/libexec /usr/share /etc/alternatives; do
    [[ ! -d $dir ]] || bind "$dir"
  done
  mount -t proc proc "$tree/proc"
  mount -t tmpfs tmpfs "$tree/dev"
  local device
  for device in null zero random urandom; do
    touch "$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
  done
  ln -s /proc/self/fd "$tree/dev/fd"
  ((room == 0)) || mount -t tmpfs -o "size=${room}m" tmpfs "$tree/opt"
}

# As mnt-disks-etcd.mount and var-lib-etcd.mount leave it, once install has run.
mount_data() {
  [[ -d $tree/mnt/disks/etcd/data && ! -e $tree/fake/not-mounted ]] || return 0
  mkdir -p "$tree/var/lib/etcd"
  mount --bind "$tree/mnt/disks/etcd/data" "$tree/var/lib/etcd"
}

# The data disk is a block device that nothing opens: the commands which would are fakes.
make_data_disk() {
  [[ ! -e $tree/fake/no-disk ]] || return 0
  mkdir -p "$tree/dev/disk/by-id"
  mknod "$tree/dev/disk/by-id/google-etcd-data" b 7 250
}

hostname "$name"
start_listeners
mount_system
mount_data
make_data_disk
# No exec: the first process of a PID namespace cannot be killed from inside, as a test does.
chroot "$tree" "$@"
