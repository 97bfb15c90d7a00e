#!/usr/bin/env bash
# The hosts' base image: Debian with systemd and sshd, see lab/hosts. `image.sh ready|make [debian-13]`; the
# lab's own hosts are of Debian 12, and another release is made only when somebody asks for it.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

FAMILY=${2:-debian-12}

# The name that lab/hosts/baseImage.ts gives the image of this recipe.
ready() {
  local recipe=$ROOT/lab/hosts/image release
  case $FAMILY in
    debian-12) release=bookworm ;;
    debian-13) release=trixie ;;
    *) die "image: got $FAMILY; use debian-12 or debian-13" ;;
  esac
  [[ -d $CACHE/images/$release-$(content_key "$recipe/packages.txt" "$recipe/customize.sh") ]]
}

make_step() {
  "$TOOLCHAIN/run.sh" lab/hosts/buildBaseImage.ts "$FAMILY"
}

run_step_script "$@"
