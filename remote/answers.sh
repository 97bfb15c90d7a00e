# shellcheck shell=bash
# What etcd, etcdctl or the metadata server prints is another program's data. It comes in through one of these, which
# limit its length and refuse what has not the right form; docs/develop/untrusted-values.md lists each one.
#
# Needs: cluster.sh, lib.sh.
# Gives: answer_of, member_list_at, number_in, is_number, version_in, telling, ANSWER_LIMIT.

# The longest answer that is looked at, in bytes; seven members are listed in 800.
ANSWER_LIMIT=65536

# No counts of repetition: bash's regular expressions take up to seconds and hundreds of megabytes for them.
MEMBER_URL='https?://[A-Za-z0-9.-]+:[0-9]+'
MEMBER_URLS="$MEMBER_URL(,$MEMBER_URL)*"
MEMBER_LINE="^[0-9a-f]+, (started|unstarted), [A-Za-z0-9._-]*, $MEMBER_URLS, ($MEMBER_URLS)?, (true|false)\$"
MEMBER_LINE_LIMIT=1024

# answer_of COMMAND…: what it prints; fails when it fails, and when it prints more than anybody has to say.
answer_of() { "$@" 2>/dev/null | head -c "$ANSWER_LIMIT" | tr -d '\0'; }

# member_list_at ENDPOINT: the list as this member tells it. Fails with 1 when there is none, and with 2 when it is
# not six fields of plain characters a line: a name with a line end, or a comma, would pass for another field or file.
member_list_at() {
  local list line
  local LC_ALL=C
  list=$(answer_of ctl --endpoints="$1" member list) || return 1
  [[ -n $list ]] || return 1
  while IFS= read -r line; do
    ((${#line} <= MEMBER_LINE_LIMIT)) && [[ $line =~ $MEMBER_LINE ]] || return 2
  done <<<"$list"
  printf '%s\n' "$list"
}

# number_in NAME: of etcdctl's fields on stdin, the one of this name; nothing unless it is digits, since bash would
# calculate with whatever stands there.
number_in() { LC_ALL=C sed -n "s/^\"$1\" : \(0\|[1-9][0-9]\{0,19\}\)\$/\1/p" | head -n1; }

is_number() { [[ $1 =~ ^[0-9]+$ ]]; }

# version_in NAME: of etcd's JSON on stdin, the version of this name, as numbers that bash takes for decimal ones.
version_in() {
  local n='\(0\|[1-9][0-9]\{0,3\}\)'
  LC_ALL=C sed -n "s/.*\"$1\":\"\($n\.$n\.$n\)\".*/\1/p" | head -n1
}

# telling COMMAND…: runs it, its words on stderr made harmless.
telling() { "$@" 2>&1 | head -c "$ANSWER_LIMIT" | harmless >&2; }
