# shellcheck shell=bash
# What is declared for this node, and how it is put in its live place.
#
# Needs: lib.sh; options ip, members, name, version.
# Gives: declared_fingerprint, declared_fingerprint_with, started_with_declared, runs_declared,
# is_starting_with_declared, take_declared_pki, apply_declared, current_members, grant_permit, start_declared, CREATED.

# shellcheck disable=SC2034 # the phases use them

# The run ID with which bootstrap has created the cluster here, until converge has seen it; gone when the VM is off.
CREATED=$RUN_DIR/created

declared_fingerprint() { declared_fingerprint_with "$DECLARED/etcd.env"; }

# declared_fingerprint_with ENV_FILE: as if this were the declared etcd.env.
declared_fingerprint_with() {
  fingerprint "$RELEASES/v${OPT[version]}/etcd" "$DECLARED/etcd.service" "$1" "$DECLARED_PKI/ca.pem"
}

# A part of it that is killed says nothing, and two such are not the same.
started_with_declared() {
  local with
  with=$(cat "$RUN_DIR/started-with" 2>/dev/null) && [[ -n $with && $with == "$(declared_fingerprint)" ]]
}

# True when the running process was started with what is declared.
runs_declared() { systemctl is-active --quiet etcd && started_with_declared; }

is_starting_with_declared() { [[ $(systemctl is-active etcd) == activating ]] && started_with_declared; }

# Certificate and key at once: etcd must not read one of the old pair and one of the new.
take_declared_pki() { switch_link "$(readlink "$DECLARED_PKI")" "$CURRENT_PKI"; }

# Puts everything declared in its live place. Starts and stops nothing.
apply_declared() {
  local internal_ip
  # Ask first: if the metadata server is down, nothing may be half applied.
  internal_ip=$(own_address) || exit 1
  local binary
  for binary in "$RELEASES/v${OPT[version]}"/etcd*; do
    switch_link "${binary#"$NODE_ROOT"}" "$BIN/${binary##*/}"
  done
  take_declared_pki
  local file
  for file in ca.pem kubernetes.pem kubernetes-key.pem; do
    switch_link "pki/current/$file" "$ETC/$file"
  done
  put_file "$ETC/etcd.env" <"$DECLARED/etcd.env"
  write_node_env "$internal_ip"
  put_file "$UNIT" <"$DECLARED/etcd.service"
  # Before systemd is asked, for it remembers its answer.
  [[ -L ${UNIT%/*}/multi-user.target.wants/${UNIT##*/} ]] || systemctl enable --quiet --no-reload etcd
  # As systemd has it, and not the files: a run that was killed may have left it to be told. A unit that is new it reads
  # by itself, and to reload all takes its time.
  is_loaded_and_enabled || systemctl daemon-reload
}

# With the drop-in, which has the guard end a start.
is_loaded_and_enabled() {
  local loaded
  loaded=$(systemctl show etcd --property UnitFileState,NeedDaemonReload,DropInPaths)
  [[ $loaded == *comeBack.conf* && $loaded == *NeedDaemonReload=no* && $loaded$'\n' == *UnitFileState=enabled$'\n'* ]]
}

# This VM's internal address, which has to be the declared one.
own_address() {
  local internal_ip
  internal_ip=$(metadata instance/network-interfaces/0/ip) ||
    die NO_METADATA "the metadata server does not answer with this VM's address, so nothing was changed. Does a firewall or a route on ${OPT[name]} block it? Fix it and run 'pulumi up' again"
  [[ $internal_ip == "${OPT[ip]}" ]] ||
    die WRONG_VM "the metadata server says the internal address is ${internal_ip:0:100}, declared is ${OPT[ip]}; is this the right VM?"
  printf '%s\n' "$internal_ip"
}

# write_node_env INTERNAL_IP: the node's own values. `existing` always: only a permit can say `new`, once.
# etcd ignores the initial cluster once it has a WAL, so a changed list needs no restart.
write_node_env() {
  put_file "$ETC/node.env" <<EOF
NODE_NAME=${OPT[name]}
INTERNAL_IP=$1
INITIAL_CLUSTER=${OPT[members]}
INITIAL_CLUSTER_STATE=existing
EOF
}

# The members that the last run declared, as node.env has them; nothing on a VM that no run has finished.
current_members() { sed -n 's/^INITIAL_CLUSTER=//p' "$ETC/node.env" 2>/dev/null || true; }

# grant_permit STATE INITIAL_CLUSTER: lets a member without data start, once.
grant_permit() {
  is_permit "INITIAL_CLUSTER_STATE=$1"$'\n'"INITIAL_CLUSTER=$2" ||
    die MEMBER_LIST_INVALID "the initial cluster is not plain text, so nothing was started; look at 'etcdctl member list | cat -v' on another member"
  write_file "$PERMIT" 0600 <<EOF
INITIAL_CLUSTER_STATE=$1
INITIAL_CLUSTER=$2
EOF
}

start_declared() {
  systemctl reset-failed etcd 2>/dev/null || true
  systemctl start --no-block etcd
}
