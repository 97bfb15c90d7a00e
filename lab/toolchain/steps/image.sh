#!/usr/bin/env bash
# The hosts' base image: Debian 12 with systemd and sshd, see lab/hosts.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

# The name that lab/hosts/baseImage.ts gives the image of this recipe.
ready() {
  local recipe=$ROOT/lab/hosts/image
  [[ -d $CACHE/images/bookworm-$(content_key "$recipe/packages.txt" "$recipe/customize.sh") ]]
}

make_step() {
  cd "$ROOT"
  node --import tsx lab/hosts/buildBaseImage.ts
}

run_step_script "$@"
