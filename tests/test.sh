#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make test and make soak: runs the suites one after another, prints the seconds of each and the summary line
# "N passed, N failed, N skipped" alone at the end.
# usage: test.sh test|soak MAKE BUILD-FOLDER SUITE...
# A suite is a make target, run as "MAKE -s suite-NAME"; its last line of the form above counts. A suite that
# fails without such a line counts as one failure, one that succeeds without as one pass. LAMINA_TEST_SECONDS bounds the whole.
set -u
tier=$1 make=$2 out=$3
shift 3
budget=${LAMINA_TEST_SECONDS:-0}
began=$(date +%s)
mkdir -p "$out/log"
pass=0 fail=0 skip=0
table=""

# count N: the Nth number of the summary lines of the log, added up; nothing when there is none.
count() {
	sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\'"$1"'/p' "$log" |
		awk '{ sum += $1 } END { if (NR > 0) print sum }'
}

for suite in "$@"; do
	echo "== $suite"
	log=$out/log/$suite.log
	start=$(date +%s)
	left=0
	if [ "$budget" -gt 0 ]; then
		left=$((budget - start + began))
		[ "$left" -gt 0 ] || left=1
	fi
	{ TIER=$tier BUDGET=$left $make -s --no-print-directory "suite-$suite" 2>&1; echo "status $?" >"$log.status"; } | tee "$log"
	took=$(($(date +%s) - start))
	p=$(count 1) f=$(count 2) s=$(count 3)
	if [ "$(cat "$log.status")" = "status 0" ]; then
		[ -n "$p" ] || p=1 f=0 s=0
	elif [ -z "$p" ] || [ "$f" -eq 0 ]; then
		p=${p:-0} f=1 s=${s:-0}
	fi
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s))
	table="$table$(printf '%-12s %5d s  %4d passed %4d failed %4d skipped' "$suite" "$took" "$p" "$f" "$s")
"
done
printf '\n%s' "$table"
echo "whole        $(($(date +%s) - began)) s"
echo "$pass passed, $fail failed, $skip skipped"
[ "$fail" -eq 0 ]
