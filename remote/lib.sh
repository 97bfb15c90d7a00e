# shellcheck shell=bash
# The base of every phase: the node's paths, its log, the phase's options, and small tools.
#
# Needs: nothing.
# Gives: harmless, log, die, parse_options, take_lock, write_file, put_file, switch_link, heard,
# telling_status, hear, void_check, split, has_wal, metadata, fingerprint, live_fingerprint, is_down, wait_until,
# wait_with_progress, require_data_disk, certificates_in, openssl_verify, is_permit, print_run_id, journal_tail,
# NODE_ROOT, NODE_STATE, DECLARED, PERMIT, RUN_DIR, ETC, CURRENT_PKI, DECLARED_PKI, DATA_DIR, DISK_MOUNT, RELEASES,
# BIN, UNIT, IS_OTHER, KILLED, HEARD, HEARD_END, PARTS.

# shellcheck disable=SC2034 # the phases use them

# Tests point NODE_ROOT at a scratch tree; on a node it is empty.
NODE_ROOT=${NODE_ROOT:-}
NODE_STATE=$NODE_ROOT/var/lib/etcd-node
DECLARED=$NODE_STATE/declared
PERMIT=$NODE_STATE/start-permit.env
RUN_DIR=$NODE_ROOT/run/etcd-node
ETC=$NODE_ROOT/etc/etcd
# Links to one directory of certificates each: what etcd reads, and what is declared.
CURRENT_PKI=$ETC/pki/current
DECLARED_PKI=$ETC/pki/declared
DATA_DIR=$NODE_ROOT/var/lib/etcd
DISK_MOUNT=$NODE_ROOT/mnt/disks/etcd
RELEASES=$NODE_ROOT/opt/etcd
BIN=$NODE_ROOT/usr/local/bin
UNIT=$NODE_ROOT/etc/systemd/system/etcd.service

# Who speaks in the log and takes the lock; another program that sends this file has a name of its own.
PROGRAM=${PROGRAM:-etcd-node}
PHASE=${PHASE:-${0##*/}}
PHASE=${PHASE%.sh}

# harmless: stdin without what a terminal or a CI log obeys: control characters, and GitHub's commands.
harmless() { LC_ALL=C tr -c '\n\t\040-\176' '?' | sed -e 's/##\[/## [/g' -e 's/^[[:space:]]*::/ : :/'; }

# One line, whatever is told in it. What is plain goes through no process.
log() {
  local text=$*
  text=${text:0:4000}
  text="$PROGRAM: ${HOSTNAME%%.*}: $PHASE: ${text//$'\n'/ | }"
  local LC_ALL=C
  if [[ $text == *[!\ -~]* || $text == *'##['* ]]; then
    harmless <<<"$text" >&2
  else
    printf '%s\n' "$text" >&2
  fi
}

# die CODE MESSAGE: ends the phase. The code stays when the message is reworded; docs/operate/troubleshooting.md is
# the index of codes. The message says what is wrong, what was seen and the fix.
die() {
  log "ERROR $1: $2"
  exit 1
}

# The options' values, by name.
declare -A OPT=()

# The phase's options, and its triggers: sent and not read, a changed one makes Pulumi run the phase again.
OPTIONS=""
TRIGGERS=""

# parse_options --name value …: fills OPT; $OPTIONS lists the names, all of them needed, and $TRIGGERS may be there.
parse_options() {
  local name
  while (($# > 0)); do
    name=${1#--}
    [[ " $OPTIONS $TRIGGERS " == *" $name "* ]] || die OPTIONS_MISMATCH "unknown option $1; known: $OPTIONS"
    (($# > 1)) || die OPTIONS_MISMATCH "option $1 has no value"
    OPT[$name]=$2
    shift 2
  done
  for name in $OPTIONS; do
    [[ -v OPT[$name] ]] || die OPTIONS_MISMATCH "option --$name is missing"
  done
}

# One phase at a time on a node: a run that was interrupted may still be at work when the next one starts.
take_lock() {
  local lock=$NODE_ROOT/run/$PROGRAM/lock
  mkdir -p "${lock%/*}" "$NODE_STATE"
  # Not where everybody may open it: whoever reads a lock file can hold its lock.
  exec 9>"$lock"
  chmod 0600 "$lock"
  flock --wait 300 9 || die NODE_BUSY "another phase has held the node's lock for 300 s; look at 'fuser /run/$PROGRAM/lock'"
}

# write_file PATH MODE: stdin to PATH, atomically and durably; in a directory where only root writes.
write_file() {
  local path=$1 mode=$2 new=$1.new
  [[ -d ${path%/*} ]] || mkdir -p "${path%/*}"
  [[ ! -e $new && ! -L $new ]] || rm -rf "$new"
  take_text
  printf '%s' "$TEXT" >"$new"
  chmod "$mode" "$new"
  sync "$new"
  mv -f "$new" "$path"
}

# put_file PATH: stdin to PATH, 0644; IS_OTHER says whether it was not the same already. Not its status, for in a
# condition bash would go on after a write that failed.
put_file() {
  local text
  take_text
  text=${TEXT%$'\n'}
  IS_OTHER=''
  # What cannot be read is other.
  if [[ -f $1 ]] && take_text <"$1" && [[ $TEXT == "$text"$'\n' ]]; then return 0; fi
  write_file "$1" 0644 <<<"$text"
  IS_OTHER=yes
}

# take_text: sets TEXT to stdin, by no process; fails when there is none, as where it cannot be read.
take_text() {
  local LC_ALL=C
  TEXT=''
  IFS= read -r -N 10000000 TEXT || [[ -n $TEXT ]]
}

# switch_link TARGET LINK: a symlink swapped in one rename.
switch_link() {
  local target=$1 link=$2
  if [[ ! -e $link && ! -L $link ]]; then
    ln -s "$target" "$link"
    return
  fi
  [[ ! -L $link || $(readlink "$link") != "$target" ]] || return 0
  ln -sfn "$target" "$link.new"
  mv -fT "$link.new" "$link"
}

# The exit status of a process that got SIGKILL, as from the kernel where memory is short.
KILLED=137

# The file that void_check makes; empty outside of a check.
VOID_MARK=''

# heard BYTES COMMAND…: sets HEARD to what it prints, without zero bytes; its exit status. Fails with 1 when that is more
# than so many bytes, and with KILLED when it could not be started or was killed.
heard() {
  local fd
  HEARD='' HEARD_END=$KILLED
  exec {fd}< <(telling_status "${@:2}") || {
    void_check
    return "$KILLED"
  }
  hear "$fd" "$1"
  return "$HEARD_END"
}

# telling_status COMMAND…: its exit status after its words: `wait` now and then does not know it any more.
telling_status() {
  local status=0
  "$@" || status=$?
  printf '\nended %03d' "$status"
}

# hear FD BYTES: what telling_status has written there, as HEARD, and the exit status as HEARD_END.
hear() {
  local fd=$1 bytes=$2 ended LC_ALL=C
  HEARD='' HEARD_END=$KILLED
  IFS= read -r -N $((bytes + 10)) -u "$fd" HEARD || true
  exec {fd}<&-
  ended=${HEARD: -10}
  if [[ $ended == $'\nended '[0-9][0-9][0-9] ]]; then
    HEARD=${HEARD:0:${#HEARD}-10}
    HEARD_END=$((10#${ended: -3}))
  else
    # Cut off by us, and not killed.
    ((${#HEARD} < bytes + 10)) || HEARD_END=1
    HEARD=${HEARD:0:bytes}
  fi
  ((HEARD_END != KILLED)) || void_check
}

# void_check: a process was killed or could not be started, so whatever the running check finds, it shows nothing.
void_check() {
  [[ -n $VOID_MARK ]] || return 0
  [[ -d $RUN_DIR ]] || mkdir -p "$RUN_DIR"
  : >"$VOID_MARK"
}

# split TEXT SEPARATOR: sets PARTS, by no process: where one is killed, nothing may be taken for an empty list.
split() {
  local - IFS=$2
  set -f
  # shellcheck disable=SC2206 # it is to be split
  PARTS=($1)
}

has_wal() {
  compgen -G "$DATA_DIR/member/wal/*.wal" >/dev/null
}

# metadata PATH [CURL_FLAG…]: a value from the metadata server.
metadata() {
  heard 4096 curl -fsS --retry 5 --retry-all-errors --max-time 10 -H 'Metadata-Flavor: Google' \
    "http://metadata.google.internal/computeMetadata/v1/$1" "${@:2}" || return
  printf '%s\n' "$HEARD"
}

# fingerprint BINARY UNIT ENV CA: what a process is started with and only a restart changes.
# Leaf certificates are left out: etcd reads them again at every handshake. So are comments and empty lines.
fingerprint() {
  local binary
  binary=$(readlink -f "$1")
  {
    echo "$binary"
    cat "${binary%/*}/SHA256"
    sed '/^[[:space:]]*\(#.*\)\?$/d' "$2" "$3" "$4"
  } | sha256sum | cut -d' ' -f1
}

live_fingerprint() {
  fingerprint "$BIN/etcd" "$UNIT" "$ETC/etcd.env" "$ETC/ca.pem"
}

# True when etcd neither runs nor is on its way up.
is_down() {
  case $(systemctl is-active etcd) in
    active | activating | reloading) return 1 ;;
  esac
}

# wait_until SECONDS WHAT COMMAND…: polls ten times a second, after two seconds twice.
wait_until() {
  local seconds=$1 what=$2 start=$SECONDS end=$((SECONDS + $1))
  shift 2
  until "$@"; do
    if ((SECONDS >= end)); then
      log "gave up after $seconds s waiting until $what"
      return 1
    fi
    if ((SECONDS < start + 2)); then sleep 0.1; else sleep 0.5; fi
  done
}

# wait_with_progress SECONDS WHAT PROGRESS COMMAND…: as wait_until, and goes on for as long as there is progress.
# PROGRESS is a command that prints a number, which grows, and how far it is in words.
wait_with_progress() {
  local seconds=$1 what=$2 progress=$3 end=$((SECONDS + $1)) told=$SECONDS best=-1 now words=''
  shift 3
  until "$@"; do
    # shellcheck disable=SC2086 # a command and its words
    read -r now words < <($progress) || true
    if ((now > best)); then
      best=$now
      end=$((SECONDS + seconds))
    fi
    if ((SECONDS >= end)); then
      log "gave up after $seconds s without progress waiting until $what: $words"
      return 1
    fi
    if ((SECONDS >= told + 30)); then
      told=$SECONDS
      log "waiting until $what: $words"
    fi
    sleep 0.5
  done
}

# An unmounted disk looks like lost data, and must never be taken for it.
require_data_disk() {
  mountpoint -q "$DATA_DIR" ||
    die DISK_NOT_MOUNTED "$DATA_DIR is not on the data disk; see 'systemctl status var-lib-etcd.mount', mount it and run 'pulumi up' again"
}

# certificates_in FILE…: each of them, ended by a zero byte.
certificates_in() { cat "$@" | sed 's/^-----END CERTIFICATE-----$/&\x0/'; }

# By the CAs that are named, and not those that the image trusts besides.
openssl_verify() { SSL_CERT_DIR=/dev/null openssl verify "$@"; }

# is_permit TEXT: one word of a state and one initial cluster, of characters that neither systemd nor bash reads as
# more: systemd takes a carriage return for a line's end, and the text after it for another variable.
is_permit() {
  local LC_ALL=C state='^INITIAL_CLUSTER_STATE=(new|existing)' cluster='INITIAL_CLUSTER=[A-Za-z0-9._=:/,-]+$'
  ((${#1} <= 4096)) && [[ $1 =~ $state$'\n'$cluster ]]
}

# Prints a fresh ID, so that the next phase, which gets it on stdin, runs whenever this one has: otherwise, after a
# failure, settings that are reverted would find nothing to do where it failed.
print_run_id() {
  printf 'run %s\n' "$(</proc/sys/kernel/random/uuid)"
}

journal_tail() {
  journalctl --unit etcd --lines 15 --no-pager --output cat 2>/dev/null | cut -c1-400 | harmless >&2 || true
}
