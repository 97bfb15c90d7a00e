# shellcheck shell=bash
# shellcheck disable=SC2034 # read by whoever sources this file
# What every toolchain step shares: where things are, and how a step speaks and ends. Sourced.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TOOLCHAIN=$ROOT/lab/toolchain
CACHE=${ETCD_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/etcd-on-gce}
MIRROR=$CACHE/mirror
PULUMI_PLUGINS=$CACHE/pulumi-home/plugins
export PULUMI_SKIP_UPDATE_CHECK=true

# The seed's release: the one the lab always has.
DEFAULT_ETCD_VERSION=3.4.10

log() {
  printf '%s\n' "$*"
}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# A short name for the contents of files: part of a cache key, so that changed pins are rebuilt.
content_key() {
  cat "$@" | sha256sum | cut -c1-12
}

# The version that a go.mod in lab/toolchain/$1 pins for module $2.
pinned_version() {
  awk -v module="$2" '$1 == module || $2 == module { for (i = 1; i <= NF; i++) if ($i ~ /^v[0-9]/) print $i }' \
    "$TOOLCHAIN/$1/go.mod" | head -n1
}

# The version that package.json pins for npm package $1.
npm_version() {
  sed -nE "s|^ *\"$1\": \"([^\"]+)\",?$|\1|p" "$ROOT/package.json"
}

# True when version $1 is at least $2.
at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1) == "$2" ]]
}

# Replaces directory $2 by $1 in one rename, so that a killed step leaves no half-made cache entry.
publish() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv -T "$1" "$2"
}

# A step script: `ready` says by its exit code whether there is nothing to do, `make` does it, and `path`, of a
# step that has one, prints where what it made is.
run_step_script() {
  case ${1:-} in
    ready) ready ;;
    make) make_step ;;
    path) if declare -F path >/dev/null; then path; else die "usage: $0 ready|make"; fi ;;
    *) die "usage: $0 ready|make" ;;
  esac
}
