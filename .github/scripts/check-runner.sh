#!/usr/bin/env bash
# Ends a job on a self-hosted runner before it logs in, when the runner would carry something from one job to the
# next or is an account of Google's itself. It finds a wrong set-up, not an intruder: docs/operate/github-actions.md.
#
# usage: check-runner.sh
#   RUNNER_TEMP  as GitHub Actions sets it: ROOT/_work/_temp
set -euo pipefail

refuse() {
  echo "error: $1; see docs/operate/github-actions.md, step 6" >&2
  exit 1
}

# actions/runner keeps RunnerSettings.Ephemeral there (src/Runner.Common/ConfigurationStore.cs, HostContext.cs), and only
# when it is true; a runner of a just-in-time configuration writes what GitHub sends, where values are texts.
settings=$(dirname "$(dirname "$RUNNER_TEMP")")/.runner
grep -qiE '"ephemeral": *"?true' "$settings" || refuse "$settings does not say that this runner is ephemeral"

# Outside Google Cloud no server answers there.
accounts=$(curl -fsS --max-time 5 -H 'Metadata-Flavor: Google' \
  http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/ 2>/dev/null) || accounts=''
[[ -z $accounts ]] || refuse "this VM has a service account, which every job can use"
