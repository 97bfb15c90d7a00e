# shellcheck shell=bash
# Every bash of a test reads this first ($BASH_ENV): waiting costs seconds of bash's clock and no time, and the longer
# somebody has waited, the less often he looks.
# /fake/meanwhile is what happens elsewhere during the first wait.

sleep() {
  naps=$((${naps:-0} + 1))
  SECONDS=$((SECONDS + (naps < 4 ? 10 : 60)))
  [[ -e /fake/meanwhile ]] || return 0
  mv /fake/meanwhile /fake/happened
  # shellcheck disable=SC1091 # it depends on the test
  source /fake/happened
}
