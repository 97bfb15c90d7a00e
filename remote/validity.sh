# shellcheck shell=bash
# Certificates that are not valid yet, or no longer, by this controller's clock.
#
# Needs: declared.sh, lib.sh.
# Gives: wait_for_validity, replace_useless_leaf.

# The engine's clock dates certificates, and this node's may be some seconds behind it.
CLOCK_LIMIT_S=60

wait_for_validity() {
  local said waits=''
  until said=$(openssl_verify -CAfile "$1/ca.pem" "$1/kubernetes.pem" 2>&1); do
    [[ $said != *"has expired"* ]] ||
      die CERTIFICATE_NOT_VALID "the certificates have expired: this controller's clock says $(date -u), and one was valid until $(date_of "$1" enddate). If this clock is wrong, set it; if it is right, renew the certificates (docs/operate/renew-certificates.md). Then run 'pulumi up' again"
    [[ $said == *"not yet valid"* ]] ||
      die CERTIFICATE_NOT_VALID "kubernetes.pem is not signed by a CA in ca.pem; renew it (docs/operate/renew-certificates.md) and run 'pulumi up' again"
    if [[ -z $waits ]]; then
      waits=$((SECONDS + CLOCK_LIMIT_S))
      log "the certificates are not valid yet by this controller's clock, $(date -u): waiting up to $CLOCK_LIMIT_S s"
    fi
    ((SECONDS < waits)) ||
      die CERTIFICATE_NOT_VALID "the certificates are not valid yet: this controller's clock says $(date -u), and they are valid from $(date_of "$1" startdate). One of the two clocks, this controller's or that of the machine that runs 'pulumi up', is wrong; fix it and run 'pulumi up' again"
    sleep 1
  done
}

# date_of DIR startdate|enddate: when the last of its certificates becomes valid, or the first one expires.
date_of() {
  local text at order=-rn
  [[ $2 == startdate ]] || order=-n
  at=$(while IFS= read -r -d '' text; do
    at=$(openssl x509 -noout "-$2" 2>/dev/null <<<"$text") || continue
    date -d "${at#*=}" +%s
  done < <(certificates_in "$1/ca.pem" "$1/kubernetes.pem") | sort "$order" | head -n1)
  date -u -d "@$at"
}

# is_trusted_now LEAF_DIR [CA_DIR]: whether the leaf is signed by a CA of the bundle, and both are in time.
is_trusted_now() { openssl_verify -CAfile "${2:-$1}/ca.pem" "$1/kubernetes.pem" >/dev/null 2>&1; }

# A member with an expired or untrusted certificate cannot talk to the others, and converge, one node after the other,
# would wait for it forever; so it is replaced here. A changed CA bundle is left to converge, which checks the other
# members first: until then the declared leaf goes with the bundle that the process trusts.
replace_useless_leaf() {
  local mixed
  [[ -e $CURRENT_PKI/kubernetes.pem ]] || return 0
  ! is_trusted_now "$CURRENT_PKI" || return 0
  if cmp -s "$CURRENT_PKI/ca.pem" "$DECLARED_PKI/ca.pem"; then
    log "the certificate in place is untrusted or has expired; etcd reads the declared one from now on"
    take_declared_pki
  elif is_trusted_now "$DECLARED_PKI" "$CURRENT_PKI"; then
    log "the certificate in place is untrusted or has expired; etcd reads the declared one from now on, and takes the CA bundle in its turn"
    mixed=$(readlink "$DECLARED_PKI")-leaf
    rm -rf "$ETC/pki/.mixed"
    cp -a "$DECLARED_PKI/" "$ETC/pki/.mixed"
    cp "$CURRENT_PKI/ca.pem" "$ETC/pki/.mixed/ca.pem"
    sync "$ETC/pki/.mixed"/*
    rm -rf "$ETC/pki/${mixed:?}"
    mv -T "$ETC/pki/.mixed" "$ETC/pki/$mixed"
    switch_link "$mixed" "$CURRENT_PKI"
  elif ! bundle_is_in_time; then
    # No member can talk to another one or to a client, so all do it at once.
    log "every CA in place has expired, so the members trust no one: using the declared certificates and restarting etcd"
    take_declared_pki
    [[ ! -e $BIN/etcd ]] || is_down || systemctl restart --no-block etcd
  fi
}

# True while at least one CA in place has not expired.
bundle_is_in_time() {
  local ca
  while IFS= read -r -d '' ca; do
    ! openssl x509 -noout -checkend 0 >/dev/null 2>&1 <<<"$ca" || return 0
  done < <(certificates_in "$CURRENT_PKI/ca.pem")
  return 1
}
