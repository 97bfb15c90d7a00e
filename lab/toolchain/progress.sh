# shellcheck shell=bash
# Runs the step scripts of lab/toolchain/steps, several at once, and tells how they get on. Sourced after
# common.sh.

LOGS=$CACHE/logs
HEARTBEAT_S=15

declare -A STEP_PID STEP_START STEP_TEXT STEP_REMEDY

# begin NAME "what it does" "what to do when it fails" [VERSION]: starts a step unless there is nothing to do.
begin() {
  local name=$1 script=$TOOLCHAIN/steps/$1.sh
  if "$script" ready "${@:4}"; then
    return 0
  fi
  mkdir -p "$LOGS"
  STEP_START[$name]=$SECONDS
  STEP_TEXT[$name]=$2
  STEP_REMEDY[$name]=$3
  log "▸ $name: $2"
  # A process group of its own, so that an interrupted setup can end all that the step started.
  set -m
  "$script" make "${@:4}" >"$LOGS/$name.log" 2>&1 </dev/null &
  STEP_PID[$name]=$!
  set +m
}

# finish NAME…: waits for steps, with a sign of life from all that are running.
finish() {
  local name said=$SECONDS
  for name in "$@"; do
    [[ -n ${STEP_PID[$name]:-} ]] || continue
    while kill -0 "${STEP_PID[$name]}" 2>/dev/null; do
      sleep 0.2
      if ((SECONDS - said >= HEARTBEAT_S)); then
        said=$SECONDS
        heartbeat
      fi
    done
    conclude "$name"
  done
}

heartbeat() {
  local name
  for name in "${!STEP_PID[@]}"; do
    kill -0 "${STEP_PID[$name]}" 2>/dev/null || continue
    log "  … $name: $((SECONDS - STEP_START[$name])) s, $(tail -n1 "$LOGS/$name.log" | cut -c1-90)"
  done
}

conclude() {
  local name=$1 status=0
  wait "${STEP_PID[$name]}" || status=$?
  unset "STEP_PID[$name]"
  if ((status == 0)); then
    log "✓ $name: $((SECONDS - STEP_START[$name])) s"
    return 0
  fi
  {
    printf '✗ %s failed after %s s (%s). The end of %s:\n' \
      "$name" "$((SECONDS - STEP_START[$name]))" "${STEP_TEXT[$name]}" "$LOGS/$name.log"
    tail -n 20 "$LOGS/$name.log" | sed 's/^/    /'
    printf 'What to do: %s\n' "${STEP_REMEDY[$name]}"
  } >&2
  exit 1
}

# Ends the steps that are still running, when setup ends before they do.
abandon() {
  local name
  for name in "${!STEP_PID[@]}"; do
    kill -TERM -- "-${STEP_PID[$name]}" 2>/dev/null || true
  done
}
