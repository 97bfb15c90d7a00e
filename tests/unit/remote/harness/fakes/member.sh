# shellcheck shell=bash
# Sourced by the fakes that speak to a member of /fake/cluster, by its address: `self` is this node's,
# `down@IP` lets a member answer no one, `served@IP` is the certificate that it serves and `trusts@IP` the
# CA bundle that it was started with. This node's own member serves the live certificate, which etcd reads
# again at every handshake, and trusts what it was started with.
# shellcheck source=common.sh
source /fake/common.sh

CLUSTER=/fake/cluster

# Each fork costs a test milliseconds, and these are called by the hundred: builtins wherever they do.

# slurp VARIABLE FILE…: the first of the files that is there; nothing without one.
slurp() {
  local file
  for file in "${@:2}"; do
    if [[ -e $file ]]; then
      IFS= read -r -d '' "$1" <"$file" || true
      return 0
    fi
  done
  printf -v "$1" ''
}

# first_line VARIABLE DEFAULT FILE…: the first line of the first of the files that is there.
first_line() {
  local file
  for file in "${@:3}"; do
    if [[ -e $file ]]; then
      IFS= read -r "$1" <"$file" || true
      return 0
    fi
  done
  printf -v "$1" %s "$2"
}

slurp self "$CLUSTER/self"
self=${self%$'\n'}

is_self() { [[ $1 == 127.0.0.1 || $1 == "$self" ]]; }

# member_of VARIABLE ADDRESS: its own address, also when asked on the loopback one.
member_of() { if is_self "$2"; then printf -v "$1" %s "$self"; else printf -v "$1" %s "$2"; fi; }

answers() {
  local state
  if is_self "$1"; then
    slurp state /fake/etcd-state
    [[ $state == active$'\n' ]]
  else
    [[ ! -e $CLUSTER/down@$1 ]] && { : 3<>"/dev/tcp/$1/2379"; } 2>/dev/null
  fi
}

# member_serves VARIABLE ADDRESS: nothing when the member serves none, or when the test does not care.
member_serves() {
  if is_self "$2"; then
    slurp "$1" "$CLUSTER/served@$self" /etc/etcd/kubernetes.pem
  elif [[ ! -e $CLUSTER/down@$2 ]]; then
    slurp "$1" "$CLUSTER/served@$2"
  fi
}

# member_trusts VARIABLE ADDRESS
member_trusts() { if is_self "$2"; then slurp "$1" /fake/process-ca.pem; else slurp "$1" "$CLUSTER/trusts@$2"; fi; }

# is_signed BUNDLE CERTIFICATE, both as text; no text passes. openssl judges each pair once.
is_signed() {
  [[ -n $1 && -n $2 ]] || return 0
  local bundle=${1//[^A-Za-z0-9]/} certificate=${2//[^A-Za-z0-9]/}
  local known=/fake/signed-${#bundle}-${bundle: -60:40}-${certificate: -60:40}
  [[ ! -e $known ]] || return 0
  /usr/bin/openssl verify -CAfile <(echo "$1") <(echo "$2") >/dev/null 2>&1 && : >"$known"
}
