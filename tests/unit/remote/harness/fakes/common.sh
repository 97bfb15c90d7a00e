# shellcheck shell=bash
# Sourced by every fake: writes its argv down, one call a line, quoted for a shell. Forks nothing, so that
# it can spy on any command.

printf -v call '%q ' "${0##*/}" "$@"
echo "${call% }" >>/fake/calls
