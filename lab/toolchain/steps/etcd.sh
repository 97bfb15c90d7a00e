#!/usr/bin/env bash
# One etcd release, ready|make [VERSION], as a tarball in the official layout, in the lab's mirror.
# In this order: the official download, a build of the pinned Go modules, Debian's packages.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

VERSION=${2:-$DEFAULT_ETCD_VERSION}
ARCH=amd64
STEM=etcd-v$VERSION-linux-$ARCH
TARBALL=$STEM.tar.gz
MODULE=etcd-$VERSION
TARGET=$MIRROR/v$VERSION
OFFICIAL=https://github.com/etcd-io/etcd/releases/download

# What the tarball in the mirror must have been made of, unless it is the official one.
wanted_source() {
  if [[ -f $TOOLCHAIN/$MODULE/go.mod ]]; then
    printf 'go %s\n' "$(content_key "$TOOLCHAIN/$MODULE"/go.{mod,sum})"
  else
    printf 'debian\n'
  fi
}

ready() {
  [[ -f $TARGET/$TARBALL && -f $TARGET/SHA256SUMS && -f $TARGET/SOURCE ]] || return 1
  local source
  source=$(cat "$TARGET/SOURCE")
  [[ $source == official || $source == "$(wanted_source)" ]]
}

# Leaves the official tarball in $1, verified against the checksum that the program itself knows.
download() {
  local sum
  [[ ${ETCD_LAB_ETCD:-} != build ]] || return 1
  sum=$("$TOOLCHAIN/run.sh" lab/toolchain/knownSha256.ts "$VERSION" "$ARCH") || return 1
  log "trying the official download"
  curl -fsSL --connect-timeout 5 --max-time 300 -o "$1/$TARBALL" "$OFFICIAL/v$VERSION/$TARBALL" || return 1
  printf '%s  %s\n' "$sum" "$1/$TARBALL" | sha256sum --check --quiet ||
    die "the official download of etcd $VERSION has a different checksum from core/etcd/releases.ts; nothing was kept"
  printf 'official\n' >"$1/SOURCE"
}

build() {
  ensure_go
  if [[ $VERSION == 3.4.* ]]; then
    local sha
    sha=$(pinned_version "$MODULE" go.etcd.io/etcd)
    sha=${sha##*-}
    local flags=(-ldflags "-s -w -X go.etcd.io/etcd/version.GitSHA=${sha:0:9}")
    go_build "$MODULE" go.etcd.io/etcd "$1/etcd" "${flags[@]}"
    go_build "$MODULE" go.etcd.io/etcd/etcdctl "$1/etcdctl" "${flags[@]}"
  else
    go_build "$MODULE" go.etcd.io/etcd/server/v3 "$1/etcd" -ldflags '-s -w'
    go_build "$MODULE" go.etcd.io/etcd/etcdctl/v3 "$1/etcdctl" -ldflags '-s -w'
    go_build "$MODULE" go.etcd.io/etcd/etcdutl/v3 "$1/etcdutl" -ldflags '-s -w'
  fi
}

take_debian() {
  local work=$1.deb binary
  mkdir "$work"
  (cd "$work" && apt-get -o APT::Sandbox::User=root download etcd-server etcd-client) ||
    (cd "$work" && apt-get update && apt-get -o APT::Sandbox::User=root download etcd-server etcd-client) ||
    die "etcd $VERSION: no Go module in lab/toolchain/$MODULE, and Debian's packages are not available"
  for binary in "$work"/*.deb; do
    dpkg -x "$binary" "$work/x"
  done
  cp "$work/x/usr/bin/etcd" "$work/x/usr/bin/etcdctl" "$1/"
}

# Same binaries, same bytes: the checksum is a setting of the stack, so it must not change from run to run.
pack() {
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0755 --format=ustar \
    -C "$1" -cf - "$STEM" | gzip -n -9 >"$1/$TARBALL"
  rm -rf "${1:?}/$STEM"
  wanted_source >"$1/SOURCE"
}

make_step() {
  [[ $VERSION =~ ^3\.[0-9]+\.[0-9]+$ ]] || die "etcd version $VERSION: want MAJOR.MINOR.PATCH, such as 3.5.33"
  local work
  mkdir -p "$MIRROR"
  work=$(mktemp -d "$CACHE/.etcd.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  mkdir "$work/release"
  if ! download "$work/release"; then
    mkdir "$work/release/$STEM"
    if [[ -f $TOOLCHAIN/$MODULE/go.mod ]]; then
      build "$work/release/$STEM"
    else
      take_debian "$work/release/$STEM"
      rm -rf "$work/release/$STEM.deb"
    fi
    # The whole text is read: etcd, whose reader ends early, would end by SIGPIPE.
    local holds
    holds=$("$work/release/$STEM/etcd" --version | sed -n 's/^etcd Version: //p')
    [[ $holds == "$VERSION" ]] ||
      die "etcd $VERSION is not available here; found etcd ${holds:-of an unknown version}. Known: $(known_versions)"
    pack "$work/release"
  fi
  (cd "$work/release" && sha256sum "$TARBALL" >SHA256SUMS)
  chmod 0755 "$work/release"
  publish "$work/release" "$TARGET"
  log "etcd $VERSION ($(cat "$TARGET/SOURCE")): $(cat "$TARGET/SHA256SUMS")"
}

known_versions() {
  (cd "$TOOLCHAIN" && printf '%s ' etcd-*)
  printf 'and the version that Debian has.\n'
}

run_step_script "$@"
