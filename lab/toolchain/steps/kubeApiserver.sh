#!/usr/bin/env bash
# kube-apiserver of the pinned Kubernetes release, for examples/control-plane, in the official layout in the lab's
# mirror. Not a part of setup: only the example needs it, and it takes long. `path` prints where it is.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

MODULE=$TOOLCHAIN/kube-apiserver
VERSION=$(pinned_version kube-apiserver k8s.io/kubernetes)
TARGET=$CACHE/kubernetes/$VERSION
BIN=bin/linux/amd64
SOURCE=$(content_key "$MODULE"/go.{mod,sum})

ready() {
  [[ -f $TARGET/SOURCE && $(cat "$TARGET/SOURCE") == "$SOURCE" ]]
}

make_step() {
  ensure_go
  local work
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/.kubernetes.XXXXXX")
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$work'" EXIT
  mkdir -p "$work/$BIN"
  go_build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver "$work/$BIN/kube-apiserver" \
    -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$VERSION"
  sha256sum <"$work/$BIN/kube-apiserver" | cut -d' ' -f1 >"$work/$BIN/kube-apiserver.sha256"
  printf '%s\n' "$SOURCE" >"$work/SOURCE"
  chmod 0755 "$work"
  publish "$work" "$TARGET"
}

path() {
  printf '%s\n' "$TARGET/$BIN/kube-apiserver"
}

run_step_script "$@"
