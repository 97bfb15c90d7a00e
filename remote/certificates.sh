# shellcheck shell=bash
# Whether the declared certificates can be put in place now.
#
# A CA is replaced in three steps: trust both, sign by the new one, trust the new one alone. Each step is safe only
# when the one before it is complete on every member: whatever this node trusts and serves from now on must suit what
# the others, and this node's own process until it restarts, trust and serve today.
#
# Needs: cluster.sh, lib.sh, reasons.sh.
# Gives: reasons_against_certificates, reasons_against_peer_name.

# True when the declared certificates bring another CA, to trust or to be signed by.
ca_changes() {
  [[ -e $CURRENT_PKI/ca.pem && ! $CURRENT_PKI -ef $DECLARED_PKI ]] || return 1
  ! { cmp -s "$CURRENT_PKI/ca.pem" "$DECLARED_PKI/ca.pem" && signer_stays; }
}

# True when one CA of the declared bundle has signed both the current and the declared certificate.
signer_stays() {
  local ca
  while IFS= read -r -d '' ca; do
    if issued_by <(echo "$ca") "$CURRENT_PKI/kubernetes.pem" && issued_by <(echo "$ca") "$DECLARED_PKI/kubernetes.pem"; then
      return 0
    fi
  done < <(certificates_in "$DECLARED_PKI/ca.pem")
  return 1
}

# issued_by BUNDLE CERTIFICATE, whatever the time.
issued_by() { openssl_verify -no_check_time -CAfile "$1" "$2" >/dev/null 2>&1; }

# Prints what keeps the declared certificates from being put in place, one reason a line.
reasons_against_certificates() {
  ca_changes || return 0
  local endpoint
  for endpoint in "${EVERYBODY[@]}"; do reason_at_member "$endpoint"; done
}

# Prints who would be turned away by this member, once its peer port takes the declared common name alone.
reasons_against_peer_name() {
  local name endpoint served status
  name=$(sed -n 's/^ETCD_PEER_CERT_ALLOWED_CN=//p' "$DECLARED/etcd.env")
  [[ -n $name ]] || return 0
  for endpoint in "${OTHERS[@]}"; do
    status=0
    accepts_tcp "$endpoint" || status=$?
    ((status != 1)) || continue
    ((status == 0)) || return
    served=$(tls_session "${endpoint#https://}" "$DECLARED_PKI" | common_name)
    [[ -z $served || $served == "$name" ]] ||
      reason PEER_NAME_MISSING "$endpoint serves a certificate without the name $name, which is declared for peers; set peerMembersOnly to false, let one 'pulumi up' finish, then set it to true"
  done
}

reason_at_member() {
  local served
  if ! accepts_tcp "$1"; then
    reason MEMBER_UNHEALTHY "$1 does not answer, so it is unknown which CAs it trusts; bring it back before the CA changes"
    return 0
  fi
  served=$(tls_session "${1#https://}" "$CURRENT_PKI" | openssl x509 2>/dev/null) || true
  if [[ -z $served ]]; then
    reason MEMBER_UNHEALTHY "$1 serves no certificate; bring it back before the CA changes"
  elif ! issued_by "$DECLARED_PKI/ca.pem" <(echo "$served"); then
    reason CA_STILL_USED "$1 serves a certificate of a CA that would no longer be trusted; keep that CA in caTrusted until caActive has moved on every member"
  elif answers_to "$DECLARED_PKI" "$1"; then
    return 0
  elif ! answers_to "$CURRENT_PKI" "$1"; then
    reason MEMBER_UNHEALTHY "$1 no longer answers; bring it back before the CA changes"
  else
    reason CA_NOT_TRUSTED "$1 does not trust the CA that signs the new certificate; add that CA to caTrusted first, and let one 'pulumi up' finish, before caActive names it"
  fi
}

# answers_to DIR ENDPOINT: whether a member answers a client that has the certificates in DIR.
answers_to() {
  ctl_with "$1" --command-timeout=5s --endpoints="$2" endpoint health >/dev/null 2>&1 ||
    ctl_with "$1" --command-timeout=5s --endpoints="$2" member list >/dev/null 2>&1
}
