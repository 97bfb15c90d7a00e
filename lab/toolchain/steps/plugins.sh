#!/usr/bin/env bash
# The resource plugins: Pulumi's own where they are installed or available, else the lab's stand-ins.
# `kinds` prints a line for each plugin: its name, its version, and `official` or `stand-in`.
# ETCD_LAB_PLUGINS=official or stand-in chooses; unset, a choice once made is kept.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

NAMES=(command tls gcp)
CHOICE=${ETCD_LAB_PLUGINS:-auto}
USUAL_PLUGINS=${PULUMI_HOME:-$HOME/.pulumi}/plugins

plugin_dir() {
  printf 'resource-%s-v%s\n' "$1" "$(npm_version "@pulumi/$1")"
}

kind() {
  local dir
  dir=$PULUMI_PLUGINS/$(plugin_dir "$1")
  if [[ -f $dir/STAND-IN ]]; then
    printf 'stand-in\n'
  elif [[ -x $dir/pulumi-resource-$1 ]]; then
    printf 'official\n'
  else
    printf 'none\n'
  fi
}

kinds() {
  local name
  for name in "${NAMES[@]}"; do
    printf '%s %s %s\n' "$name" "$(npm_version "@pulumi/$name")" "$(kind "$name")"
  done
}

ready() {
  local name kind
  for name in "${NAMES[@]}"; do
    kind=$(kind "$name")
    [[ $kind == "$CHOICE" || ($CHOICE == auto && $kind != none) ]] || return 1
  done
}

# Pulumi's own plugin: a copy of the installed one, else a download.
take_official() {
  local dir engine
  dir=$(plugin_dir "$1")
  if [[ -x $USUAL_PLUGINS/$dir/pulumi-resource-$1 ]]; then
    log "$1: taking the one installed in $USUAL_PLUGINS"
    cp -a "$USUAL_PLUGINS/$dir" "$PULUMI_PLUGINS/"
    return 0
  fi
  engine=$("$TOOLCHAIN/steps/engine.sh" path)
  log "$1: downloading Pulumi's own"
  PULUMI_HOME=$CACHE/pulumi-home timeout 120 "$engine/pulumi" plugin install resource "$1" "$(npm_version "@pulumi/$1")" &&
    [[ -x $PULUMI_PLUGINS/$dir/pulumi-resource-$1 ]]
}

# The checkout is named at run time, so that one cache serves every checkout.
make_stand_in() {
  local dir
  dir=$PULUMI_PLUGINS/$(plugin_dir "$1")
  log "$1: using the lab's stand-in"
  mkdir -p "$dir"
  cat >"$dir/pulumi-resource-$1" <<SCRIPT
#!/bin/sh
# Stand-in of the lab for Pulumi's own plugin, see lab/plugins in the checkout.
exec "\${ETCD_LAB_ROOT:?set by lab/bin/lab: run the engine as lab/bin/lab pulumi}/lab/plugins/bin/pulumi-resource-$1" "\$@"
SCRIPT
  chmod 0755 "$dir/pulumi-resource-$1"
  touch "$dir/STAND-IN"
}

make_step() {
  [[ $CHOICE =~ ^(auto|official|stand-in)$ ]] || die "ETCD_LAB_PLUGINS=$CHOICE: use official, stand-in or auto"
  mkdir -p "$PULUMI_PLUGINS"
  local name reachable=true
  for name in "${NAMES[@]}"; do
    [[ $(kind "$name") != "$CHOICE" && ($CHOICE != auto || $(kind "$name") == none) ]] || continue
    rm -rf "${PULUMI_PLUGINS:?}/$(plugin_dir "$name")"
    if [[ $CHOICE != stand-in && ($reachable == true || $CHOICE == official) ]] && take_official "$name"; then
      continue
    fi
    [[ $CHOICE != official ]] || die "Pulumi's own $name plugin is not available; unset ETCD_LAB_PLUGINS to use the stand-in"
    # One failed download says enough about the others.
    reachable=false
    make_stand_in "$name"
  done
}

if [[ ${1:-} == kinds ]]; then
  kinds
else
  run_step_script "$@"
fi
