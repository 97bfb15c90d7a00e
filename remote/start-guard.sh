#!/bin/bash -p
# Runs as root before every start of etcd, with the variables of etcd's own environment files: none of them may be a
# way to run something, so bash is started with -p. A member without a WAL may start only on a one-shot permit:
# an empty data dir that starts on its own either creates a second cluster or comes back under its old ID
# having forgotten its votes. systemd reads its exit status: 1 refuses the start for good, 255 for a moment.
set -Eeuo pipefail
trap 'exit 255' ERR
NODE_ROOT=''
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT GCONV_PATH LOCPATH
# shellcheck source=lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

main() {
  mkdir -p "$RUN_DIR"
  rm -f "$RUN_DIR/start.env"
  if [[ -z $NODE_ROOT ]] && ! mountpoint -q "$DATA_DIR"; then
    log "ERROR DISK_NOT_MOUNTED: $DATA_DIR is not on the data disk; mount it, or run 'pulumi up'"
    exit 255
  fi
  if has_wal; then
    rm -f "$PERMIT"
  elif [[ -f $PERMIT ]]; then
    # A phase before this one may have written what this one would not.
    is_permit "$(<"$PERMIT")" || die PERMIT_INVALID "the permit in $PERMIT is not plain; remove it and run 'pulumi up'"
    # Gone before it is used: a start that dies now needs a new permit, never an old one twice.
    mv -f "$PERMIT" "$RUN_DIR/start.env"
    sync "$NODE_STATE"
    chmod 0644 "$RUN_DIR/start.env"
  else
    die NO_DATA "no WAL in $DATA_DIR and no permit: the data is gone. Run 'pulumi up': it brings the member back as a new one"
  fi
  # 3.4.13 and older refuse any other mode.
  chmod 0700 "$DATA_DIR"
  live_fingerprint >"$RUN_DIR/started-with"
}

main "$@"
