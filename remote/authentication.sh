# shellcheck shell=bash
# Whether etcd's authentication is on, and what the members' certificate may then do.
#
# Needs: answers.sh, cluster.sh, lib.sh, reasons.sh.
# Gives: auth_is_enabled, reasons_against_auth.

# Whatever the certificate's user may do: a user that there is not is turned away by a server with authentication alone.
auth_is_enabled() {
  heard "$ANSWER_LIMIT" read_as_unknown "$1" || true
  [[ $HEARD == *'authentication failed'* || $HEARD == *'user name is empty'* || $HEARD == *'permission denied'* ]]
}

read_as_unknown() { ctl --endpoints="$1" --user=etcd-on-gce-probe --password=none get etcd-on-gce/probe --keys-only 2>&1; }

# reasons_against_auth ENDPOINT: with authentication on, members and snapshots are for a user with the role root alone.
# A certificate's user is its common name.
reasons_against_auth() {
  ! answer_of ctl --endpoints="$1" user list >/dev/null && auth_is_enabled "$1" || return 0
  reason AUTH_NEEDS_ROOT "authentication is enabled, and the certificates' user, $(common_name <"$ETC/kubernetes.pem"), has not the role root, without which no member is added or removed and no snapshot saved; grant it, or run 'etcdctl auth disable': docs/operate/troubleshooting.md#authentication"
}
