# shellcheck shell=bash
# Finds a Go that can build the pinned modules, and builds with it. Sourced after common.sh.

GO_WANTED=1.26
GO_TOOLCHAIN=go1.26.8
# From here on, Go fetches a newer toolchain through the module proxy by itself.
GO_OLDEST=1.21

go_version() {
  GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null | sed -nE 's/^go([0-9.]+).*/\1/p'
}

# The first usable go: on the PATH, or where Debian's versioned packages and go.dev's archive put it.
find_go() {
  local candidate version
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-1.*/bin/go; do
    [[ -x $candidate ]] || continue
    version=$(go_version "$candidate")
    if [[ -n $version ]] && at_least "$version" "$GO_OLDEST"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

install_go() {
  command -v apt-get >/dev/null || return 1
  local package
  package=$(apt-cache search --names-only '^golang-1\.[0-9]+-go$' | cut -d' ' -f1 | sort -Vr | head -n1)
  [[ $package =~ ^golang-(1\.[0-9]+)-go$ ]] && at_least "${BASH_REMATCH[1]}" "$GO_OLDEST" || return 1
  log "installing $package"
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package"
}

# Sets GO and the environment of every build.
ensure_go() {
  if ! GO=$(find_go); then
    install_go || true
    GO=$(find_go) || die "no Go $GO_OLDEST or later here, nor in this system's packages.
Install one (Debian 12: golang-go of bookworm-backports; else https://go.dev/dl) and run again."
  fi
  export GOFLAGS='-mod=readonly -buildvcs=false' GOWORK=off CGO_ENABLED=0
  if at_least "$(go_version "$GO")" "$GO_WANTED"; then
    export GOTOOLCHAIN=local
  else
    export GOTOOLCHAIN=$GO_TOOLCHAIN
  fi
  log "building with $("$GO" version)"
}

# go_build MODULE_DIR PACKAGE OUT [GO_BUILD_FLAG…], MODULE_DIR below lab/toolchain unless it is absolute
go_build() {
  local module=$1 package=$2 out=$3
  shift 3
  [[ $module == /* ]] || module=${TOOLCHAIN:?}/$module
  log "go build $package"
  (cd "$module" && "$GO" build -v -trimpath "$@" -o "$out" "$package")
}

# build_tool MODULE_DIR PACKAGE OUT [LINKER_FLAGS]: builds one program into a directory of its own in the cache.
build_tool() {
  local module=$1 package=$2 out=$3 flags=${4:-} work
  ensure_go
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/.tool.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  go_build "$module" "$package" "$work/$(basename "$out")" -ldflags "-s -w $flags"
  chmod 0755 "$work"
  publish "$work" "$(dirname "$out")"
}
