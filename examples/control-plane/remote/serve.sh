#!/usr/bin/env bash
# Puts certificates, unit and binary in place, restarts kube-apiserver if it runs with others, and waits until it
# serves. The certificates come on stdin, each after a line `=== FILE`.
set -euo pipefail
PROGRAM=kube-apiserver
# shellcheck source=../../../remote/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

OPTIONS="version"
TRIGGERS="unit certificates"
DIR=/var/lib/kubernetes
PKI=$DIR/pki
UNIT=/etc/systemd/system/kube-apiserver.service
BINARY=/usr/local/bin/kube-apiserver
STARTED_WITH=/run/kube-apiserver-node/started-with
PKI_FILES="etcd-ca.pem etcd-client.pem etcd-client-key.pem kubernetes.pem kubernetes-key.pem client-ca.pem service-account-key.pem encryption.yaml"

# All files at once: a certificate must never be read with another one's key.
place_certificates() {
  local work line file='' sum
  mkdir -p "$PKI"
  work=$(mktemp -d "$PKI/.new.XXXXXX")
  # shellcheck disable=SC2064 # the path is expanded now
  trap "rm -rf '$work'" EXIT
  while IFS= read -r line; do
    if [[ $line == '=== '* ]]; then
      file=${line#=== }
      [[ " $PKI_FILES " == *" $file "* ]] || die CERTIFICATES_DAMAGED "unknown file $file on stdin; run 'pulumi up' again"
    elif [[ -n $file ]]; then
      printf '%s\n' "$line" >>"$work/$file"
    fi
  done
  for file in $PKI_FILES; do
    [[ -s $work/$file ]] || die CERTIFICATES_DAMAGED "$file did not arrive on stdin; run 'pulumi up' again"
  done
  chown root:kube-apiserver "$work" "$work"/*
  chmod 0640 "$work"/*
  chmod 0750 "$work"
  sum=$(cat "$work"/* | sha256sum | cut -c1-16)
  sync "$work"/*
  [[ -d $PKI/$sum ]] || mv -T "$work" "$PKI/$sum"
  switch_link "$sum" "$PKI/current"
}

# What only a restart changes. The other certificates are read again while it runs.
fingerprint() {
  cat "/opt/kubernetes/v${OPT[version]}/SHA256" "$DIR/declared/kube-apiserver.service" \
    "$PKI/current/etcd-ca.pem" "$PKI/current/service-account-key.pem" "$PKI/current/encryption.yaml" | sha256sum
}

runs_declared() {
  systemctl is-active --quiet kube-apiserver && [[ $(cat "$STARTED_WITH" 2>/dev/null) == "$(fingerprint)" ]]
}

is_ready() {
  curl -fsS --max-time 5 --cacert "$PKI/current/etcd-ca.pem" https://127.0.0.1:6443/readyz >/dev/null 2>&1
}

restart() {
  switch_link "/opt/kubernetes/v${OPT[version]}/kube-apiserver" "$BINARY"
  write_file "$UNIT" 0644 <"$DIR/declared/kube-apiserver.service"
  systemctl daemon-reload
  systemctl enable --quiet kube-apiserver
  systemctl reset-failed kube-apiserver 2>/dev/null || true
  log "starting kube-apiserver ${OPT[version]}"
  timeout 120 systemctl restart kube-apiserver || log "systemctl restart ended with $?"
  mkdir -p "$(dirname "$STARTED_WITH")"
  fingerprint >"$STARTED_WITH"
}

parse_options "$@"
take_lock
place_certificates
runs_declared || restart
if ! wait_until 120 "kube-apiserver is ready" is_ready; then
  journalctl --unit kube-apiserver --lines 15 --no-pager --output cat | cut -c1-400 | harmless >&2 || true
  die NOT_READY "kube-apiserver is not ready after 120 s; see 'journalctl -u kube-apiserver', fix it and run 'pulumi up' again"
fi
printf 'serving\n'
