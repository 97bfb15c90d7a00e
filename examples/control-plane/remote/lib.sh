# shellcheck shell=bash
# Shared by install.sh and serve.sh. Sourced, never run.

log() {
  printf 'kube-apiserver: %s: %s: %s\n' "$(hostname -s)" "$(basename "$0" .sh)" "$*" >&2
}

die() {
  log "ERROR: $*"
  exit 1
}

# The options by name: --name value …
declare -A OPT=()

parse_options() {
  while (($# > 1)); do
    # shellcheck disable=SC2034 # the scripts use it
    OPT[${1#--}]=$2
    shift 2
  done
}

# One run at a time on a node: one that was cut off may still be at work when the next one comes.
take_lock() {
  exec 9>/run/lock/kube-apiserver-node.lock
  flock --wait 300 9 || die "another run has held the node's lock for 300 s; look at 'fuser /run/lock/kube-apiserver-node.lock'"
}
