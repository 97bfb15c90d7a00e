#!/usr/bin/env bash
# The checker's own tests: what it must accept and, above all, what it must reject.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../lab/toolchain/common.sh
source "$here/../../lab/toolchain/common.sh"
# shellcheck source=../../lab/toolchain/go.sh
source "$TOOLCHAIN/go.sh"

ensure_go
etcd=$(mktemp -d)
trap 'rm -rf "$etcd"' EXIT
tar -xzf "$MIRROR/v$DEFAULT_ETCD_VERSION/etcd-v$DEFAULT_ETCD_VERSION-linux-amd64.tar.gz" -C "$etcd" --strip-components=1
cd "$here"
ETCD_BIN=$etcd/etcd "$GO" test .
