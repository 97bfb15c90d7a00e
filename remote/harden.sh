# shellcheck shell=bash
# What a node keeps from its own processes and its guests.
#
# Needs: lib.sh; options name.
# Gives: put_metadata_unit, close_metadata, narrow_sshd, METADATA_UNIT.

METADATA_UNIT=etcd-node-metadata.service

# The startup script in the instance's metadata holds the host's SSH key: the server answers root alone, and no pod.
# By routing rules, which every image has. `protocol kernel`, or systemd-networkd takes them away when it starts.
# TCP (6, since an image may have no names of protocols) to port 80: names and the time come from the same address.
put_metadata_unit() {
  local rule='to 169.254.169.254 ipproto 6 dport 80'
  put_file "$NODE_ROOT/etc/systemd/system/$METADATA_UNIT" <<EOF
[Unit]
Description=Metadata server for root alone
DefaultDependencies=no
ConditionCapability=CAP_NET_ADMIN
Wants=network-pre.target
Before=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=-/bin/ip rule del pref 91
ExecStartPre=-/bin/ip rule del pref 90
ExecStart=/bin/ip rule add pref 90 $rule iif lo uidrange 0-0 lookup main protocol kernel
ExecStart=/bin/ip rule add pref 91 $rule prohibit protocol kernel
[Install]
WantedBy=multi-user.target
EOF
}

# close_metadata CHANGED: systemd has read the unit, which has changed unless the text is empty.
close_metadata() {
  [[ -n $1 ]] || ! systemctl is-active --quiet "$METADATA_UNIT" || return 0
  systemctl restart "$METADATA_UNIT" ||
    die METADATA_OPEN "the metadata server cannot be closed to all but root; see 'journalctl -u $METADATA_UNIT' on ${OPT[name]}"
  # Not on a VM, but in a container without the right.
  systemctl is-active --quiet "$METADATA_UNIT" ||
    log "the metadata server stays open to every process: this host may set no routing rules"
}

# TCP forwarding stays as the image has it: a controller may be the bastion.
narrow_sshd() {
  local settings=$NODE_ROOT/etc/ssh/sshd_config.d/10-etcd-node.conf
  put_file "$settings" <<'EOF'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
X11Forwarding no
AllowAgentForwarding no
PermitTunnel no
EOF
  [[ -n $IS_OTHER ]] || return 0
  # The unit's name depends on the image.
  systemctl reload ssh.service || systemctl reload sshd.service || {
    # Or the next run would take them for loaded.
    rm "$settings"
    die SSHD_REFUSED "sshd does not take its new settings; see 'journalctl -u ssh -u sshd' on ${OPT[name]}"
  }
}
