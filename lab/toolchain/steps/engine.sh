#!/usr/bin/env bash
# The Pulumi engine and its Node language host: the installed one, else built from pinned Go modules.
# `path` prints the directory that holds both.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
# shellcheck source=../go.sh
source "$TOOLCHAIN/go.sh"

OLDEST_INSTALLED=3.200.0

# The directory of an installed Pulumi with its language host beside it.
installed() {
  local pulumi version
  pulumi=$(command -v pulumi) || return 1
  pulumi=$(readlink -f "$pulumi")
  [[ -x ${pulumi%/*}/pulumi-language-nodejs ]] || return 1
  version=$("$pulumi" version 2>/dev/null) || return 1
  at_least "${version#v}" "$OLDEST_INSTALLED" || return 1
  printf '%s\n' "${pulumi%/*}"
}

built() {
  printf '%s/engine/%s-%s\n' "$CACHE" "$(pinned_version pulumi github.com/pulumi/pulumi/pkg/v3)" \
    "$(content_key "$TOOLCHAIN"/{pulumi,language-nodejs}/go.{mod,sum})"
}

path() {
  installed || built
}

ready() {
  local dir
  dir=$(path)
  [[ -x $dir/pulumi && -x $dir/pulumi-language-nodejs ]]
}

make_step() {
  ensure_go
  local version work target
  version=$(pinned_version pulumi github.com/pulumi/pulumi/pkg/v3)
  target=$(built)
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/.engine.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  # Debug information, which -w leaves out of the program, takes a quarter of the compiler's time.
  local flags=(-tags 'osusergo,grpcnotrace' -gcflags=all=-dwarf=false -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version")
  go_build language-nodejs github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs \
    "$work/pulumi-language-nodejs" "${flags[@]}"
  go_build pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$work/pulumi" "${flags[@]}"
  [[ $("$work/pulumi" version) == "$version" ]] || die "the engine that was built does not say it is $version"
  chmod 0755 "$work"
  publish "$work" "$target"
}

run_step_script "$@"
