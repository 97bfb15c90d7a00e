#!/usr/bin/env bash
# The end-to-end tests' clients and their checker, from tests/workload. `path` prints where it is.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

MODULE=$ROOT/tests/workload

path() {
  printf '%s/workload/%s/workload\n' "$CACHE" "$(content_key "$MODULE"/go.{mod,sum} "$MODULE"/*.go)"
}

ready() {
  [[ -x $(path) ]]
}

make_step() {
  build_tool "$MODULE" . "$(path)"
}

run_step_script "$@"
