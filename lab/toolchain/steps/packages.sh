#!/usr/bin/env bash
# The system packages that the lab and its checks need, installed only where a command is missing.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

# package, then a file or command that shows that it is there
NEEDED=(
  mmdebstrap mmdebstrap
  debian-archive-keyring /usr/share/keyrings/debian-archive-keyring.gpg
  systemd-container systemd-nspawn
  nftables nft
  iproute2 ip
  e2fsprogs mkfs.ext4
  util-linux losetup
  openssh-client ssh
  openssh-server /usr/sbin/sshd
  curl curl
  ca-certificates /etc/ssl/certs/ca-certificates.crt
  jq jq
  shellcheck shellcheck
  shfmt shfmt
  zsh zsh
)

missing() {
  local i sign
  for ((i = 0; i < ${#NEEDED[@]}; i += 2)); do
    sign=${NEEDED[i + 1]}
    [[ $sign == /* && -e $sign ]] || command -v "$sign" >/dev/null || printf '%s\n' "${NEEDED[i]}"
  done
}

ready() {
  [[ -z $(missing) ]]
}

make_step() {
  local packages
  mapfile -t packages < <(missing)
  command -v apt-get >/dev/null ||
    die "no apt-get here; install what provides: ${packages[*]} (names of Debian's packages), and run again"
  log "installing ${packages[*]}"
  apt-get update
  if [[ " ${packages[*]} " == *" openssh-server "* ]]; then
    # The tests run their own sshd. Installing the package must not open this machine's port 22.
    keep_services_down
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
    systemctl disable ssh.service ssh.socket 2>/dev/null || true
  else
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"
  fi
  hash -r
  ready || die "still missing after the installation: $(missing | tr '\n' ' ')"
}

keep_services_down() {
  local policy=/usr/sbin/policy-rc.d
  [[ ! -e $policy ]] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 0755 "$policy"
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
}

run_step_script "$@"
