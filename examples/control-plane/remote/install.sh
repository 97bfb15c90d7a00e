#!/usr/bin/env bash
# Downloads kube-apiserver, checked, beside the one that runs. Starts and stops nothing.
set -euo pipefail
PROGRAM=kube-apiserver
# shellcheck source=../../../remote/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

OPTIONS="version url sha256"
RELEASES=/opt/kubernetes

make_user() {
  getent passwd kube-apiserver >/dev/null ||
    useradd --system --user-group --no-create-home --shell /usr/sbin/nologin kube-apiserver
}

download() {
  local target=$RELEASES/v${OPT[version]} got
  if [[ -f $target/SHA256 && $(cat "$target/SHA256") == "${OPT[sha256]}" ]]; then
    return 0
  fi
  mkdir -p "$RELEASES"
  work=$(mktemp -d "$RELEASES/.new.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  curl -fsSL --retry 5 --retry-connrefused --connect-timeout 10 --max-time 500 --output "$work/kube-apiserver" "${OPT[url]}" ||
    die DOWNLOAD_FAILED "download failed: ${OPT[url]}; check downloadBaseUrl and the controller's Internet access (Cloud NAT)"
  got=$(sha256sum "$work/kube-apiserver" | cut -d' ' -f1)
  [[ $got == "${OPT[sha256]}" ]] ||
    die WRONG_RELEASE "wrong checksum of ${OPT[url]}: got $got, expected ${OPT[sha256]}; nothing was installed. Check kubeApiserverSha256 or the mirror"
  chmod 0755 "$work" "$work/kube-apiserver"
  printf '%s\n' "${OPT[sha256]}" >"$work/SHA256"
  sync "$work"/*
  # Another build of the same version goes beside, so that a running process keeps its file.
  [[ ! -e $target ]] || mv -T "$target" "$RELEASES/.old.$(date +%s)"
  mv -T "$work" "$target"
  trap - EXIT
}

parse_options "$@"
take_lock
make_user
download
print_run_id
