# SPDX-License-Identifier: GPL-2.0-only
# No daemon runs: lam says so at once instead of waiting; what needs no daemon works.
. /tests/lib
run lam list
run lam info
began=$(date +%s)
refused 1 'xenstored' lam create /guests/tiny.cfg
[ $(($(date +%s) - began)) -le 3 ] || fail "the answer took $(($(date +%s) - began)) s"
pass
