#!/usr/bin/env bash
# Phase 1, in parallel over the nodes: the etcd user, the data disk and the release, verified, beside any
# other. Changes nothing that a running etcd uses.
set -euo pipefail
# shellcheck source=lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
# shellcheck source=harden.sh
source "${BASH_SOURCE[0]%/*}/harden.sh"

OPTIONS="name disk size version url sha256"
TRIGGERS="ip instance"

NEEDED_MIB=300

check_node() {
  local own
  # Not `hostname`: the VM learns its name from the network, and may not have it yet.
  own=$(metadata instance/name) ||
    die NO_METADATA "the metadata server does not answer with this VM's name, so nothing was changed. Does a firewall or a route on the VM block it? Fix it and run 'pulumi up' again"
  [[ $own == "${OPT[name]}" ]] || die WRONG_VM "expected ${OPT[name]} at this address, but this VM is ${own:0:100}; does the address belong to another VM?"
  local tool
  for tool in curl ip tar sha256sum openssl mkfs.ext4 blkid blockdev resize2fs flock; do
    command -v "$tool" >/dev/null || die TOOL_MISSING "$tool is not in the image; use an image with it, such as debian-12"
  done
}

make_user() {
  getent passwd etcd >/dev/null || useradd --system --user-group --no-create-home --home-dir /var/lib/etcd --shell /usr/sbin/nologin etcd
}

MOUNTS=(mnt-disks-etcd.mount var-lib-etcd.mount)

put_mount_units() {
  put_mount_unit "${MOUNTS[0]}" "/dev/disk/by-id/google-${OPT[disk]}" /mnt/disks/etcd discard,defaults ''
  # systemd forgets a unit that has ended, and how, unless another one names it.
  put_mount_unit "${MOUNTS[1]}" /mnt/disks/etcd/data /var/lib/etcd bind $'RequiresMountsFor=/mnt/disks/etcd\nBefore=etcd.service'
}

put_mount_unit() {
  put_file "$NODE_ROOT/etc/systemd/system/$1" <<EOF
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

# Once for all units, and for etcd's drop-in, which has come with the scripts, since systemd takes its time. On a new
# VM it reads by itself what it does not know; later its word does not do: up to Debian 12 it does not see a drop-in in a
# new directory. Sets main's metadata_changed.
load_units() {
  local changed
  changed=$(systemctl show "${MOUNTS[@]}" "$METADATA_UNIT" --property NeedDaemonReload)
  # A run that was killed may have written it, and systemd has not read it yet.
  [[ ${changed##*$'\n'} != *=yes ]] || metadata_changed=yes
  systemctl enable --quiet --no-reload "$METADATA_UNIT"
  [[ ! -e $UNIT && $changed != *=yes* ]] || systemctl daemon-reload
}

# The disk outlives the VM: a file system on it is kept, whatever the VM's age.
mount_data_disk() {
  local device=/dev/disk/by-id/google-${OPT[disk]} seconds
  for ((seconds = 0; seconds < 60; seconds++)); do
    [[ -b $device ]] && break
    sleep 1
  done
  [[ -b $device ]] || die DATA_DISK_MISSING "the data disk $device did not appear in 60 s; is it attached to the VM?"
  # blkid ends with 2 on a device without a signature; anything else unreadable must not be formatted.
  local type status=0
  type=$(blkid --probe --match-tag TYPE --output value "$device") || status=$?
  if ((status == 2)); then
    log "formatting the empty data disk"
    mkfs.ext4 -q -m 0 -L etcd-data -E lazy_itable_init=0,lazy_journal_init=0,discard "$device" ||
      die DISK_FORMAT_FAILED "mkfs.ext4 failed on $device"
  elif ((status != 0)) || [[ $type != ext4 ]]; then
    die DISK_NOT_EMPTY "the data disk $device holds ${type:-something unreadable} (blkid $status), not ext4; move it away or wipe it by hand"
  fi
  mkdir -p "$DISK_MOUNT" "$DATA_DIR"
  systemctl enable --quiet --no-reload "${MOUNTS[@]}"
  systemctl start "${MOUNTS[0]}" || die DISK_NOT_MOUNTED "the data disk does not mount; see 'journalctl -u mnt-disks-etcd.mount'"
  wait_until 60 "the VM sees a disk of ${OPT[size]} GiB" has_gib "$device" "${OPT[size]}" ||
    die DISK_NOT_GROWN "the data disk has $(($(blockdev --getsize64 "$device") / 1024 ** 3)) GiB after 60 s, declared are ${OPT[size]}; compare dataDiskSizeGb with the disk"
  # Does nothing unless the disk has grown.
  resize2fs "$(readlink -f "$device")" >/dev/null ||
    die DISK_NOT_GROWN "the file system on the data disk does not grow; resize2fs says why above, and dmesg on the controller"
  install -d -m 0700 -o etcd -g etcd "$DISK_MOUNT/data"
  systemctl start "${MOUNTS[1]}" || die DISK_NOT_MOUNTED "/var/lib/etcd does not mount; see 'journalctl -u var-lib-etcd.mount'"
  mountpoint -q "$DATA_DIR" || die DISK_NOT_MOUNTED "/var/lib/etcd is not on the data disk"
}

has_gib() { (($(blockdev --getsize64 "$1") >= $2 * 1024 ** 3)); }

check_room() {
  local free
  mkdir -p "$RELEASES"
  free=$(df --output=avail --block-size=1M "$RELEASES" | tail -n1 | tr -d ' ')
  ((free >= NEEDED_MIB)) ||
    die BOOT_DISK_FULL "no space for the release: $free MiB free on the file system of $RELEASES, $NEEDED_MIB MiB needed; free some space or raise bootDiskSizeGb"
}

download_release() {
  local target=$RELEASES/v${OPT[version]}
  if [[ -f $target/SHA256 && $(cat "$target/SHA256") == "${OPT[sha256]}" ]]; then
    return 0
  fi
  check_room
  local work got
  work=$(mktemp -d "$RELEASES/.new.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  log "downloading ${OPT[url]}"
  curl --config <(printf '%s\n' "$MIRROR") -fsSL --retry 5 --retry-all-errors --connect-timeout 10 --max-time 300 --output "$work/release.tar.gz" "${OPT[url]}" ||
    die DOWNLOAD_FAILED "download failed: ${OPT[url]}; check etcdDownloadBaseUrl and the controller's Internet access (Cloud NAT)"
  # On Debian 12 in a third of sha256sum's time.
  got=$(openssl dgst -sha256 -r "$work/release.tar.gz" | cut -d' ' -f1)
  [[ $got == "${OPT[sha256]}" ]] ||
    die WRONG_RELEASE "wrong checksum of ${OPT[url]}: got $got, expected ${OPT[sha256]}; nothing was unpacked. Check etcdSha256 or the mirror"
  mkdir "$work/v"
  tar -xzf "$work/release.tar.gz" -C "$work/v" --strip-components=1 --no-same-owner
  local holds
  holds=$("$work/v/etcd" --version | sed -n 's/^etcd Version: //p')
  [[ $holds == "${OPT[version]}" ]] ||
    die WRONG_RELEASE "the tarball holds etcd '$holds', declared is ${OPT[version]}; check etcdVersion and etcdSha256"
  mkdir -m 0755 "$work/keep"
  mv "$work"/v/etcd "$work"/v/etcdctl "$work/keep/"
  [[ ! -f $work/v/etcdutl ]] || mv "$work/v/etcdutl" "$work/keep/"
  chmod 0755 "$work"/keep/*
  printf '%s\n' "${OPT[sha256]}" >"$work/keep/SHA256"
  sync "$work"/keep/*
  # Another build of the same version is kept beside it, so that a running process keeps its files.
  [[ ! -e $target ]] || mv -T "$target" "$RELEASES/.old.$(date +%s)"
  mv -T "$work/keep" "$target"
}

main() {
  parse_options "$@"
  # The mirror's user and password, if it has any, as curl's configuration.
  MIRROR=$(head -c 4096)
  take_lock
  check_node
  put_mount_units
  put_metadata_unit
  local metadata_changed=$IS_OTHER
  load_units
  close_metadata "$metadata_changed"
  narrow_sshd
  make_user
  mount_data_disk
  download_release
  log "etcd ${OPT[version]} is in $RELEASES/v${OPT[version]}"
  print_run_id
}

main "$@"
