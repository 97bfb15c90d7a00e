#!/usr/bin/env bash
# Looks, in the first second, whether this machine can run the lab's hosts. Prints what is missing, a line each,
# and ends with 1 when anything is. `explain COMMAND` says the same in sentences, with the way to get it for a command
# such as 'npm start'; `remedy COMMAND` prints that way alone.
set -euo pipefail
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What mounts, namespaces, the bridge, device nodes and systemd-nspawn need: name and bit.
CAPABILITIES=(CAP_SYS_ADMIN 21 CAP_NET_ADMIN 12 CAP_MKNOD 27 CAP_SYS_CHROOT 18)

# Megabytes: the image, etcd and node_modules; what Go leaves of a build of the engine; three hosts and an engine
# at work, of which 650 were measured for the processes and 250 more for the files that they read; a build of it.
ROOM_MB=1500
ROOM_OF_A_BUILD_MB=5500
MEMORY_MB=1500
MEMORY_OF_A_BUILD_MB=3500

is_container() {
  [[ -e /.dockerenv || -e /run/.containerenv || -n ${container:-} ]] || grep -qE 'docker|kubepods|libpod' /proc/1/cgroup 2>/dev/null
}

missing_capabilities() {
  local effective i missing=()
  effective=$((16#$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)))
  for ((i = 0; i < ${#CAPABILITIES[@]}; i += 2)); do
    (((effective >> CAPABILITIES[i + 1]) & 1)) || missing+=("${CAPABILITIES[i]}")
  done
  ((${#missing[@]} == 0)) || printf '%s\n' "${missing[*]}"
}

# Each as the lab does it. They need the capabilities, so without them there is no longer to be learnt.
probe_mounts() {
  unshare --mount --net --pid --ipc --uts --fork true 2>/dev/null ||
    { log "namespaces: 'unshare --mount --net --pid --ipc --uts' is refused" && return; }
  # shellcheck disable=SC2016 # the inner shell's
  unshare --mount sh -c '
    mount -t tmpfs tmpfs /mnt && mkdir /mnt/lower /mnt/upper /mnt/work /mnt/root &&
    mount -t overlay overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root' 2>/dev/null ||
    log "overlayfs: 'mount -t overlay' is refused; each host's root is one"
}

probe_loops() {
  local file device
  file=$(mktemp)
  truncate -s 1M "$file"
  if device=$(losetup --find --show "$file" 2>/dev/null); then
    losetup --detach "$device"
  else
    log "loop devices: 'losetup --find' finds none to use; each disk is one"
  fi
  rm -f "$file"
}

# The hierarchies of lab/hosts/cgroups.ts. The name is not a host's: another lab may be looking for its hosts now.
probe_cgroups() {
  local dir probe found=()
  for dir in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [[ ! -e $dir/cgroup.procs ]] || found+=("$dir")
  done
  for dir in "${found[@]:-/sys/fs/cgroup}"; do
    probe=$dir/etcd-lab-probe-$$
    if ! mkdir "$probe" 2>/dev/null; then
      log "cgroups: $dir cannot be written; each host has a cgroup of its own"
    else
      (echo "$BASHPID" >"$probe/cgroup.procs") 2>/dev/null ||
        log "cgroups: a process cannot be moved into one below $dir"
      rmdir "$probe"
    fi
  done
}

is_engine_there() {
  "$TOOLCHAIN/steps/engine.sh" ready
}

check_room() {
  local dir=$CACHE free needed=0
  until [[ -d $dir ]]; do dir=$(dirname "$dir"); done
  [[ -d $CACHE/images ]] || needed=$ROOM_MB
  is_engine_there || needed=$((needed + ROOM_OF_A_BUILD_MB))
  free=$(df -Pm "$dir" | awk 'NR == 2 { print $4 }')
  ((free >= needed)) || log "room: $dir has $free MB, $needed MB are needed; ETCD_LAB_CACHE names another directory"
}

# The machine's memory, or less when a cgroup limits it.
check_memory() {
  local memory limit file needed=$MEMORY_MB
  memory=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    limit=$(cat "$file" 2>/dev/null || true)
    # A limit beyond any machine's memory is none.
    [[ ! $limit =~ ^[0-9]{1,15}$ ]] || ((limit / 1048576 >= memory)) || memory=$((limit / 1048576))
  done
  is_engine_there || needed=$MEMORY_OF_A_BUILD_MB
  ((memory >= needed)) || log "memory: there are $memory MB, $needed MB are needed"
}

report() {
  local lacking
  lacking=$(missing_capabilities)
  if [[ $EUID != 0 ]]; then
    log "root: the lab makes network namespaces and mounts"
  elif [[ -n $lacking ]]; then
    log "capabilities: ${lacking// /, }"
  else
    probe_mounts
  fi
  if [[ $EUID == 0 ]]; then
    [[ -n $lacking ]] || probe_loops
    probe_cgroups
  fi
  [[ -e /dev/loop-control ]] || log "loop devices: /dev/loop-control is not there; each disk is one"
  check_room
  check_memory
}

remedy() {
  if is_container; then
    printf '%s\n' "docker run --privileged --rm -it -v \"\$PWD:/src\" -w /src node:22-bookworm $1"
  else
    printf '%s\n' "sudo $1"
  fi
}

explain() {
  printf '%s\n' "this machine lacks what the lab's hosts need:
  - ${1//$'\n'/$'\n'  - }
Give it to them: $(remedy "$2")
'npm test' runs here as well, without what needs hosts."
}

main() {
  local missing
  if [[ ${1:-} == remedy ]]; then
    remedy "$2"
    return
  fi
  missing=$(report)
  [[ -n $missing ]] || return 0
  if [[ ${1:-} == explain ]]; then explain "$missing" "$2"; else printf '%s\n' "$missing"; fi
  return 1
}

main "$@"
