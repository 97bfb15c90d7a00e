# shellcheck shell=bash
# Sourced by every fake: writes its argv down, one call a line, quoted for a shell.

{
  printf '%q ' "${0##*/}" "$@"
  echo
} | sed 's/ $//' >>/fake/calls
