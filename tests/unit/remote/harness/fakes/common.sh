# shellcheck shell=bash
# Sourced by every fake: writes its argv down, one call a line, quoted for a shell. Forks nothing, so that
# it can spy on any command.

printf -v call '%q ' "${0##*/}" "$@"
echo "${call% }" >>/fake/calls

# /fake/cut-before holds a part of a call: before it does anything, everything is killed.
if [[ -e /fake/cut-before ]] && read -r cut_before </fake/cut-before && [[ $call == *"$cut_before"* ]]; then
  kill -KILL -1
  exit 137
fi
