#!/usr/bin/env bash
# node_modules as package-lock.json says.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

STAMP=$ROOT/node_modules/.cache/etcd-lab/package-lock

ready() {
  [[ -f $STAMP && $(cat "$STAMP") == "$(content_key "$ROOT/package-lock.json")" ]]
}

make_step() {
  cd "$ROOT"
  npm ci --ignore-scripts --no-audit --no-fund
  mkdir -p "$(dirname "$STAMP")"
  content_key package-lock.json >"$STAMP"
}

run_step_script "$@"
