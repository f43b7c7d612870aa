#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the unit test programs one after another and prints one line per program, its output only when it fails.
# usage: unit.sh BUILD-FOLDER PROGRAM...
# The last line is "N passed, N failed, N skipped", counted in cases (as cmocka counts them).
# A program that dies or prints no cmocka summary is a failure of its own.
set -u
out=$1
shift
mkdir -p "$out/unit"
pass=0 fail=0 skip=0
for t in "$@"; do
	name=${t#"$out"/unit/}
	log=$out/unit/$(echo "$name" | tr / -).log
	began=$(date +%s)
	ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 \
		timeout "${UNIT_SECONDS:-120}" "$t" >"$log" 2>&1 </dev/null
	rc=$?
	took=$(($(date +%s) - began))
	p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\..*/\1/p' "$log" | awk '{ s += $1 } END { print s + 0 }')
	s=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test(s).*/\1/p' "$log" | awk '{ s += $1 } END { print s + 0 }')
	f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s).*/\1/p' "$log" | awk '{ s += $1 } END { print s + 0 }')
	if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
	fi
	if [ $rc -eq 0 ] && [ "$p" -eq 0 ] && [ "$s" -eq 0 ]; then
		echo "  no verdict in the output" >>"$log"
		f=1
	fi
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s))
	if [ "$f" -ne 0 ]; then
		echo "FAIL unit/$name ($took s, exit status $rc)"
		tail -n 60 "$log" | sed 's/^/    /'
	else
		echo "PASS unit/$name ($p cases, $took s)"
	fi
done
echo "$pass passed, $fail failed, $skip skipped"
[ "$fail" -eq 0 ]
