#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds every harness of this folder with clang, ASan and UBSan and lets each run for some seconds.
# usage: run.sh BUILD-FOLDER SECONDS [HARNESS...]
# ROOM_NAME.c is linked with the room's objects as its unit tests are, instrumented for coverage. What a harness finds is kept
# in BUILD-FOLDER/fuzz/found, what it learnt in BUILD-FOLDER/fuzz/corpus/ROOM_NAME, from where the next run goes on;
# tests/fuzz/corpus/ROOM_NAME in the tree is read too. The last line is "N passed, N failed, N skipped".
set -u
here=$(dirname "$0")
out=$1/fuzz seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(cd "$here" && ls ./*_*.c | sed 's|^\./||; s|\.c$||')

cc=$(command -v clang-14 || command -v clang) || {
	echo "fuzz: skipped: clang is not installed"
	echo "0 passed, 0 failed, $# skipped"
	exit 0
}
mkdir -p "$out"
if ! echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
	"$cc" -fsanitize=fuzzer,address,undefined -x c - -o "$out/probe" 2>/dev/null; then
	echo "fuzz: skipped: $cc has no fuzzer library (package libclang-rt-14-dev)"
	echo "0 passed, 0 failed, $# skipped"
	exit 0
fi
flags="-std=gnu11 -O1 -g -w -D_GNU_SOURCE -fno-omit-frame-pointer -fno-strict-aliasing -fsanitize=address,undefined"
flags="$flags -fno-sanitize-recover=undefined -fsanitize=fuzzer-no-link"
mkdir -p "$out/bin" "$out/found"
# make test walks the same way every time; make fuzz and make soak look for new ones.
seed=""
[ "${TIER:-}" != test ] || seed=-seed=1

# build ROOM NAME: the room's archive by the makefile's own rules, then the harness.
build() {
	"${MAKE:-make}" -s --no-print-directory "O=$out" "CC=$cc" "HOST_CFLAGS=$flags" "$out/host/lib$1.a" || return 1
	libs=$("${MAKE:-make}" -s --no-print-directory "O=$out" "print-HOST_LIBS_$1")
	more=""
	case $1 in
	hypervisor)
		includes="-Itests/fake -Itests -Ihypervisor -I."
		for f in event_channel grant_table physdev; do
			more="$more hypervisor/hypercall/$f.c"
		done
		grep -q hypercall/hypercall.h "$here/$2.c" || more=""
		;;
	*) includes="-I. -Itests -Ihypervisor -Itoolstack" ;;
	esac
	# Back ends stand on the toolstack's ground floor and the store's client.
	if [ "$1" = drivers ]; then
		"${MAKE:-make}" -s --no-print-directory "O=$out" "CC=$cc" "HOST_CFLAGS=$flags" "$out/host/libtoolstack.a" || return 1
		libs="$out/host/libtoolstack.a $libs"
	fi
	# shellcheck disable=SC2086 # lists of flags
	$cc $flags -fsanitize=fuzzer $includes -o "$out/bin/$2" "$here/$2.c" $more "$out/host/lib$1.a" $libs -lcmocka
}

pass=0 fail=0
for name in "$@"; do
	log=$out/$name.log
	began=$(date +%s)
	mkdir -p "$out/corpus/$name"
	seen=""
	[ ! -d "$here/corpus/$name" ] || seen=$here/corpus/$name
	why=""
	if ! build "${name%%_*}" "$name" >"$log" 2>&1; then
		why="does not build"
	elif ! "$out/bin/$name" $seed -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -artifact_prefix="$out/found/$name-" \
		-print_final_stats=1 "$out/corpus/$name" $seen >>"$log" 2>&1 </dev/null; then
		why="found something: $(grep -m1 -E 'ERROR: |runtime error: |BUG|SUMMARY' "$log")"
	fi
	took=$(($(date +%s) - began))
	if [ -n "$why" ]; then
		fail=$((fail + 1))
		echo "FAIL fuzz/$name ($took s): $why; see $log"
	else
		pass=$((pass + 1))
		echo "PASS fuzz/$name ($took s, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs)"
	fi
done
echo "$pass passed, $fail failed, 0 skipped"
[ "$fail" -eq 0 ]
