#!/usr/bin/env bash
# The hosts' base image: Debian 12 with systemd and sshd, see lab/hosts.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

ready() {
  return 1
}

make_step() {
  cd "$ROOT"
  node --import tsx lab/hosts/buildBaseImage.ts
}

run_step_script "$@"
