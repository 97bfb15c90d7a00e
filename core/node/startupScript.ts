/**
 * The script that a controller runs at each boot: it installs the SSH host key that every connection pins.
 * The key has a path of its own, since the guest agent regenerates the usual ones on a new VM. sshd asks every 15 s
 * whether the engine is there: by that a bastion can tell a quiet phase from a VM that is dead. Its unit has one name
 * on Debian and Ubuntu, and another one elsewhere.
 *
 * @param hostPrivateKey OpenSSH PEM, ED25519. The result is as secret as the key.
 */
export function renderStartupScript(hostPrivateKey: string): string {
  return `#!/bin/bash
set -euo pipefail
umask 077
key=/etc/ssh/pinned_host_ed25519_key
cat >"$key.new" <<'END_OF_KEY'
${hostPrivateKey.trim()}
END_OF_KEY
conf=/etc/ssh/sshd_config.d/10-pinned-host-key.conf
mkdir -p "$(dirname "$conf")"
printf 'HostKey %s\\nClientAliveInterval 15\\n' "$key" >"$key.conf"
if ! cmp -s "$key.new" "$key" || ! cmp -s "$key.conf" "$conf"; then
  mv -f "$key.new" "$key"
  install -m 0644 "$key.conf" "$conf"
  # sshd may have given up by now: on a new VM it starts before the guest agent has made its usual keys.
  for unit in ssh.service sshd.service; do
    systemctl reset-failed "$unit" || true
    systemctl restart "$unit" && break
  done
fi
rm -f "$key.new" "$key.conf"
`;
}
