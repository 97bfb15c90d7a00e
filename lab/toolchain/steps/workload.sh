#!/usr/bin/env bash
# The end-to-end tests' clients and their checker, from tests/e2e/workload. `path` prints where it is.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

MODULE=$ROOT/tests/e2e/workload

path() {
  printf '%s/workload/%s/workload\n' "$CACHE" "$(content_key "$MODULE"/go.{mod,sum} "$MODULE"/*.go)"
}

ready() {
  [[ -x $(path) ]]
}

make_step() {
  ensure_go
  local work target
  target=$(path)
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/.workload.XXXXXX")
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$work'" EXIT
  go_build "$MODULE" . "$work/workload" -ldflags '-s -w'
  chmod 0755 "$work"
  publish "$work" "${target%/*}"
}

if [[ ${1:-} == path ]]; then
  path
else
  run_step_script "$@"
fi
