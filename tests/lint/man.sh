#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every verb of lam has a manual page of its own, the page is about that verb, and lam(8) names it.
# usage: man.sh    one line per finding; exit status 1 when there is one
set -u
cd "$(dirname "$0")/../.." || exit 2
verbs=toolstack/cmd/verbs.h
overview=docs/man/lam.8
found=$(mktemp)
trap 'rm -f "$found"' EXIT

names=$(sed -n 's/^extern const struct verb verb_\([a-z0-9_]*\);$/\1/p' "$verbs" | tr _ -)
[ -n "$names" ] || echo "$verbs:1: declares no verb that this check can read" >>"$found"
for name in $names; do
	page=docs/man/lam-$name.8
	if [ ! -f "$page" ]; then
		echo "$verbs:1: the verb $name has no manual page $page"
	elif ! grep -q "^\.Nm lam $name\$" "$page"; then
		echo "$page:1: its synopsis does not show 'lam $name'"
	fi
	grep -q "^\.Xr lam-$name 8" "$overview" || echo "$overview:1: does not refer to lam-$name(8)"
done >>"$found"
cat "$found"
[ ! -s "$found" ]
