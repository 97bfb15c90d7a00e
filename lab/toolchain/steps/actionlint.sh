#!/usr/bin/env bash
# The checker of .github/workflows. `path` prints where it is.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

MODULE=$TOOLCHAIN/actionlint

path() {
  printf '%s/actionlint/%s/actionlint\n' "$CACHE" "$(content_key "$MODULE"/go.{mod,sum})"
}

ready() {
  [[ -x $(path) ]]
}

make_step() {
  build_tool "$MODULE" github.com/rhysd/actionlint/cmd/actionlint "$(path)"
}

run_step_script "$@"
