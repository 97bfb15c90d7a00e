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
  ensure_go
  local work target
  target=$(path)
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/.actionlint.XXXXXX")
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$work'" EXIT
  go_build "$MODULE" github.com/rhysd/actionlint/cmd/actionlint "$work/actionlint" -ldflags '-s -w'
  chmod 0755 "$work"
  publish "$work" "${target%/*}"
}

if [[ ${1:-} == path ]]; then
  path
else
  run_step_script "$@"
fi
