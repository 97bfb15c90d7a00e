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
answer_of() {
  heard "$ANSWER_LIMIT" "$@" 2>/dev/null || return
  printf '%s' "$HEARD"
}

# member_list_at ENDPOINT: the list as this member tells it, in etcdctl's simple form: `ID, status, name, peer URLs,
# client URLs, learner`. Fails with 1 when there is none, with 2 when it is not of this shape, and with KILLED.
# Read from the form that quotes texts: a member chooses its own name and client URLs, where a line end or a comma would
# pass for another field or file. What is not plain there is shown as `not-plain`, and does not keep the
# rest of the list from anyone.
member_list_at() {
  local list='' id line
  local LC_ALL=C
  heard "$ANSWER_LIMIT" lines_of_members_at "$1" || return $((HEARD_END == KILLED ? KILLED : 1))
  [[ -n $HEARD ]] || return 1
  while IFS= read -r line; do
    [[ ${line%%, *} =~ ^[0-9]+$ ]] && ((${#line} <= MEMBER_LINE_LIMIT)) || return 2
    printf -v id %x "${line%%, *}" 2>/dev/null || return 2
    line="$id, ${line#*, }"
    [[ $line =~ $MEMBER_LINE ]] || return 2
    list+=$line$'\n'
  done <<<"${HEARD%$'\n'}"
  printf %s "$list"
}

# No counts of repetition: mawk takes them for text.
lines_of_members_at() {
  ctl --endpoints="$1" member list -w fields 2>/dev/null | LC_ALL=C awk '
    function plain(text, like, instead) { return length(text) <= 200 && text ~ like ? text : instead }
    { text = $0; sub(/^"[A-Za-z]+" : "?/, "", text); sub(/"$/, "", text) }
    /^"ID" : /          { id = text; name = peers = clients = ""; count = 0 }
    /^"Name" : "/       { name = plain(text, "^[A-Za-z0-9._-]*$", "not-plain") }
    /^"PeerURL" : "/    { peers = peers "," text }
    /^"ClientURL" : "/  { if (count++ < 4) clients = clients "," plain(text, "^https?://[A-Za-z0-9.-]+:[0-9]+$", "https://not-plain:1") }
    /^"IsLearner" : /   { print id ", " (name == "" ? "unstarted" : "started") ", " name ", " substr(peers, 2) ", " substr(clients, 2) ", " text }
  '
}

# number_in NAME: of etcdctl's fields on stdin, the one of this name; nothing unless it is digits, since bash would
# calculate with any text.
number_in() {
  local line value='' LC_ALL=C
  while IFS= read -r line; do
    if [[ -z $value && $line == "\"$1\" : "* ]]; then
      line=${line#*" : "}
      if ((${#line} <= 20)) && [[ $line =~ ^(0|[1-9][0-9]*)$ ]]; then value=$line; fi
    fi
  done
  [[ -z $value ]] || echo "$value"
}

is_number() { [[ $1 =~ ^[0-9]+$ ]]; }

# version_in NAME: of etcd's JSON on stdin, the version of this name, as numbers that bash takes for decimal ones.
version_in() {
  local text value n='(0|[1-9][0-9]*)' LC_ALL=C
  IFS= read -r -d '' text || true
  # bash takes seconds to cut a long text.
  ((${#text} <= 4096)) && [[ $text == *"\"$1\":\""* ]] || return 0
  value=${text#*"\"$1\":\""}
  value=${value%%\"*}
  if ((${#value} <= 14)) && [[ $value =~ ^$n\.$n\.$n$ ]]; then echo "$value"; fi
}

# telling COMMAND…: runs it, its words on stderr made harmless.
telling() { "$@" 2>&1 | head -c "$ANSWER_LIMIT" | harmless >&2; }
