#!/usr/bin/env bash
# Puts a report of the guard on a pull request: in place of the one before it of the same stack, if there is one.
#
# usage: comment.sh PULL_REQUEST FILE
#   GITHUB_REPOSITORY, GH_TOKEN  as GitHub Actions sets them
set -euo pipefail

pull_request=$1 file=$2
[[ -s $file ]] || {
  echo "error: $file is empty: the guard has said why on its stderr" >&2
  exit 1
}
issues=repos/$GITHUB_REPOSITORY/issues

# The marker and, two lines on, the heading that names the stack. Anybody may write the same: theirs is not ours to change.
head=$(head -n 3 "$file")
known=$(gh api --paginate "$issues/$pull_request/comments" | HEAD=$head jq -rs '
  add // [] | map(select(.user.login == "github-actions[bot]" and (.body | startswith(env.HEAD + "\n")))) | first | .id // empty')

# A comment that somebody deletes meanwhile is recreated.
if [[ -z $known ]] || ! gh api --silent --method PATCH "$issues/comments/$known" -F "body=@$file"; then
  gh api --silent --method POST "$issues/$pull_request/comments" -F "body=@$file"
fi
