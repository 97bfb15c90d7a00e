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
  build_tool kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver "$(path)" \
    "-X k8s.io/component-base/version.gitVersion=$VERSION"
  sha256sum <"$(path)" | cut -d' ' -f1 >"$(path).sha256"
  # Last: it says that all of it is there.
  printf '%s\n' "$SOURCE" >"$TARGET/SOURCE"
}

path() {
  printf '%s\n' "$TARGET/$BIN/kube-apiserver"
}

run_step_script "$@"
