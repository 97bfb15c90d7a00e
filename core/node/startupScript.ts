/**
 * The script that a controller runs at each boot: it installs the SSH host key that every connection pins.
 * The key has a path of its own, since the guest agent regenerates the usual ones on a new VM.
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
if ! cmp -s "$key.new" "$key" || [[ ! -e $conf ]]; then
  mv -f "$key.new" "$key"
  printf 'HostKey %s\\n' "$key" >"$conf"
  chmod 0644 "$conf"
  # sshd may have given up by now: on a new VM it starts before the guest agent has made its usual keys.
  systemctl reset-failed ssh.service || true
  systemctl restart ssh.service
fi
rm -f "$key.new"
`;
}
