#!/usr/bin/env bash
# run.sh ENTRY ARGUMENT…: runs a TypeScript program that the lab uses, such as lab/cli.ts. It bundles the program first,
# unless the bundle of these very sources is there: node starts a bundle in a quarter of the time that it needs for the
# sources, and one `up` starts four programs.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
bundles=$root/lab/bundles
entry=$1
shift

sources() {
  cd "$root" && find lab core ssh package-lock.json \( -name node_modules -o -name tests -o -path lab/bundles \) -prune \
    -o -type f -printf '%p %s %T@\n'
}

key=$(sources | cksum | tr ' ' -)
name=${entry//\//-}
bundle=$bundles/${name%.ts}-$key.cjs
if [[ ! -e $bundle ]]; then
  mkdir -p "$bundles"
  # Elsewhere first: two may do this at the same time.
  work=$(mktemp "$bundles/.new.XXXXXX")
  "$root/node_modules/.bin/esbuild" "$root/$entry" --bundle --platform=node --format=cjs --packages=external \
    --log-level=warning --allow-overwrite --outfile="$work" >&2
  rm -f "$bundles/${name%.ts}"-*.cjs
  mv "$work" "$bundle"
fi
exec node "$bundle" "$@"
