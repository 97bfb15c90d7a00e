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
comments=repos/$GITHUB_REPOSITORY/issues/$pull_request/comments

# The marker and, two lines on, the heading that names the stack.
head=$(head -n 3 "$file")
# Anybody may write the same first lines, and change what is in their own comment afterwards.
known=$(gh api --paginate "$comments" |
  HEAD=$head jq -r '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.HEAD + "\n"))) | .id' | head -n 1)

if [[ -n $known ]]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" -F "body=@$file"
else
  gh api --silent --method POST "$comments" -F "body=@$file"
fi
