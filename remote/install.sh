#!/usr/bin/env bash
# Phase 1, in parallel over the nodes: the etcd user, the data disk and the release, verified, beside any
# other. Changes nothing that a running etcd uses.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=harden.sh
source "$(dirname "${BASH_SOURCE[0]}")/harden.sh"

OPTIONS="name disk version url sha256"
TRIGGERS="ip size instance"

NEEDED_MIB=300

check_node() {
  [[ $(hostname -s) == "${OPT[name]}" ]] || die "this host is $(hostname -s), declared is ${OPT[name]}; is the address of another VM?"
  local tool
  for tool in curl ip tar sha256sum openssl mkfs.ext4 blkid flock; do
    command -v "$tool" >/dev/null || die "$tool is not in the image; use an image with it, such as debian-12"
  done
}

make_user() {
  getent passwd etcd >/dev/null || useradd --system --user-group --no-create-home --home-dir /var/lib/etcd --shell /usr/sbin/nologin etcd
}

write_mount_unit() {
  write_file "$NODE_ROOT/etc/systemd/system/$1" 0644 <<EOF
[Unit]
Description=etcd data disk
$5
[Mount]
What=$2
Where=$3
Options=$4
[Install]
WantedBy=local-fs.target
EOF
}

# The disk outlives the VM: a file system on it is kept, whatever the VM's age.
mount_data_disk() {
  local device=/dev/disk/by-id/google-${OPT[disk]} seconds
  for ((seconds = 0; seconds < 60; seconds++)); do
    [[ -b $device ]] && break
    sleep 1
  done
  [[ -b $device ]] || die "the data disk $device did not appear in 60 s; is it attached to the VM?"
  # blkid ends with 2 on a device without a signature; anything else unreadable must not be formatted.
  local type status=0
  type=$(blkid --probe --match-tag TYPE --output value "$device") || status=$?
  if ((status == 2)); then
    log "formatting the empty data disk"
    mkfs.ext4 -q -m 0 -L etcd-data -E lazy_itable_init=0,lazy_journal_init=0,discard "$device" ||
      die "mkfs.ext4 failed on $device"
  elif ((status != 0)) || [[ $type != ext4 ]]; then
    die "the data disk $device holds ${type:-something unreadable} (blkid $status), not ext4; move it away or wipe it by hand"
  fi
  mkdir -p "$DISK_MOUNT" "$DATA_DIR"
  write_mount_unit mnt-disks-etcd.mount "$device" /mnt/disks/etcd discard,defaults ''
  write_mount_unit var-lib-etcd.mount /mnt/disks/etcd/data /var/lib/etcd bind RequiresMountsFor=/mnt/disks/etcd
  systemctl daemon-reload
  systemctl start mnt-disks-etcd.mount || die "the data disk does not mount; see 'journalctl -u mnt-disks-etcd.mount'"
  # A no-op unless the disk has grown, which a changed --size tells of.
  resize2fs "$(readlink -f "$device")" >/dev/null 2>&1 || log "resize2fs was refused; the file system keeps its size"
  install -d -m 0700 -o etcd -g etcd "$DISK_MOUNT/data"
  systemctl start var-lib-etcd.mount || die "/var/lib/etcd does not mount; see 'journalctl -u var-lib-etcd.mount'"
  systemctl enable --quiet mnt-disks-etcd.mount var-lib-etcd.mount
  mountpoint -q "$DATA_DIR" || die "/var/lib/etcd is not on the data disk"
}

check_room() {
  local free
  mkdir -p "$RELEASES"
  free=$(df --output=avail --block-size=1M "$RELEASES" | tail -n1 | tr -d ' ')
  ((free >= NEEDED_MIB)) ||
    die "no room for the release: $free MiB free on the file system of $RELEASES, $NEEDED_MIB MiB needed; make room or raise bootDiskSizeGb"
}

download_release() {
  local target=$RELEASES/v${OPT[version]}
  if [[ -f $target/SHA256 && $(cat "$target/SHA256") == "${OPT[sha256]}" ]]; then
    return 0
  fi
  check_room
  local work got
  work=$(mktemp -d "$RELEASES/.new.XXXXXX")
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$work'" EXIT
  log "downloading ${OPT[url]}"
  curl -fsSL --retry 5 --retry-connrefused --connect-timeout 10 --max-time 300 --output "$work/release.tar.gz" "${OPT[url]}" ||
    die "download failed: ${OPT[url]}; check etcdDownloadBaseUrl and the node's way out (NAT)"
  got=$(sha256sum "$work/release.tar.gz" | cut -d' ' -f1)
  [[ $got == "${OPT[sha256]}" ]] ||
    die "wrong checksum of ${OPT[url]}: got $got, expected ${OPT[sha256]}; nothing was unpacked. Check etcdSha256 or the mirror"
  mkdir "$work/v"
  tar -xzf "$work/release.tar.gz" -C "$work/v" --strip-components=1 --no-same-owner
  local holds
  holds=$("$work/v/etcd" --version | sed -n 's/^etcd Version: //p')
  [[ $holds == "${OPT[version]}" ]] ||
    die "the tarball holds etcd '$holds', declared is ${OPT[version]}; check etcdVersion and etcdSha256"
  mkdir "$work/keep"
  install -m 0755 -o root -g root "$work"/v/etcd "$work"/v/etcdctl "$work/keep/"
  [[ ! -f $work/v/etcdutl ]] || install -m 0755 -o root -g root "$work/v/etcdutl" "$work/keep/"
  printf '%s\n' "${OPT[sha256]}" >"$work/keep/SHA256"
  chmod 0755 "$work/keep"
  sync "$work"/keep/*
  # Another build of the same version goes beside, so that a running process keeps its files.
  [[ ! -e $target ]] || mv -T "$target" "$RELEASES/.old.$(date +%s)"
  mv -T "$work/keep" "$target"
}

main() {
  parse_options "$@"
  take_lock
  check_node
  close_metadata
  narrow_sshd
  make_user
  mount_data_disk
  download_release
  log "etcd ${OPT[version]} is in $RELEASES/v${OPT[version]}"
  print_run_id
}

main "$@"
