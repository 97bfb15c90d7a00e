#!/usr/bin/env bash
# Makes the freshly unpacked Debian in $1 a GCE-like node image. Run by mmdebstrap.
set -euo pipefail
root=$1

# Every host makes its own: the guest agent does, on a new instance.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
mkdir -p "$root/var/log/journal"

# The lab gives hosts their addresses, and their clock is this machine's.
cat >"$root/etc/default/instance_configs.cfg" <<'END'
[Accounts]
groups = adm
useradd_cmd = useradd -m -s /bin/bash -p * {user}
[Daemons]
accounts_daemon = true
clock_skew_daemon = false
network_daemon = false
[InstanceSetup]
host_key_types = ecdsa,ed25519
network_enabled = false
set_boto_config = false
set_host_keys = true
set_multiqueue = false
optimize_local_ssd = false
[MetadataScripts]
startup = true
shutdown = true
[NetworkInterfaces]
ip_forwarding = false
setup = false
END

enable() {
  ln -sf "/lib/systemd/system/$1" "$root/etc/systemd/system/multi-user.target.wants/$1"
}
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
enable google-guest-agent.service
enable google-startup-scripts.service
enable ssh.service

# No one logs in at a console of these hosts.
ln -sf /dev/null "$root/etc/systemd/system/console-getty.service"
ln -sf /dev/null "$root/etc/systemd/system/getty.target"

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/usr/share/doc/* "$root"/usr/share/locale/*
