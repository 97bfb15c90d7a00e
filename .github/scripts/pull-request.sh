#!/usr/bin/env bash
# Prints what the guard says of a pull request, as JSON: its description, who wrote what of it, who is asked for a
# review, who has approved its last commit. See guard/pullRequest.ts.
#
# usage: pull-request.sh PULL_REQUEST
#   GITHUB_REPOSITORY, GH_TOKEN  as GitHub Actions sets them
set -euo pipefail

# shellcheck disable=SC2016  # they are GraphQL's
QUERY='query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    includesCreatedEdit
    userContentEdits(first: 100) { pageInfo { hasNextPage } nodes { editedAt editor { login } diff } }
  } }
}'
# Newest first, each with the whole text. What stood there before the oldest that GitHub gives is not known.
EDITS='.data.repository.pullRequest
  | [.userContentEdits.nodes[] | {by: .editor.login, at: .editedAt, body: .diff}]
    + if .userContentEdits.nodes == [] or (.includesCreatedEdit and (.userContentEdits.pageInfo.hasNextPage | not)) then []
      else [{by: null, at: "", body: null}] end'
# shellcheck disable=SC2016  # they are jq's
ALL='{
  author: $pull.user.login,
  body: ($pull.body // ""),
  merged: $pull.merged_by.login,
  asked: ([$pull.requested_reviewers[].login] + [$pull.requested_teams[].slug]),
  approved: [
    $reviews | add // [] | map(select(.state != "COMMENTED" and .state != "PENDING")) | group_by(.user.login)[] | last
    | select(.state == "APPROVED" and .commit_id == $pull.head.sha) | .user.login
  ],
  edits: $edits
}'

pull_request=$1
pull=repos/$GITHUB_REPOSITORY/pulls/$pull_request
of=$(mktemp -d)
trap 'rm -rf "$of"' EXIT
gh api "$pull" >"$of/pull"
gh api --paginate "$pull/reviews" >"$of/reviews"
# By whom an override is, is good to know, and no reason to stop: without it, it is said to be unknown.
{ gh api graphql -f owner="${GITHUB_REPOSITORY%/*}" -f name="${GITHUB_REPOSITORY#*/}" -F number="$pull_request" \
  -f query="$QUERY" | jq "$EDITS" >"$of/edits"; } || echo null >"$of/edits"
jq -n --slurpfile pulls "$of/pull" --slurpfile reviews "$of/reviews" --slurpfile all "$of/edits" \
  "(\$pulls[0]) as \$pull | (\$all[0]) as \$edits | $ALL"
