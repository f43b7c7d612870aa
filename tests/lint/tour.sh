#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the documentation that walks through the code names in `backticks` must exist in the tree: a file by its path, a symbol as a
# word of some source file. Pages: docs/tour, and the two of docs/design and docs/howto that are kept in step with the code.
# Links of all documentation to files of the tree are followed, too.
# usage: tour.sh    one line per finding; exit status 1 when there is one
# Read as a path: with a slash or a known ending. Read as a symbol: one C identifier, perhaps with (), `struct x`, `a.b`, `a->b`
# (the last part counts). Everything else (commands, flags, patterns) is not looked at.
set -u
cd "$(dirname "$0")/../.." || exit 2
pages=$(ls docs/tour/*.md docs/design/locks.md docs/design/page-types.md docs/howto/add-a-hypercall.md docs/howto/debug-a-boot.md 2>/dev/null)
[ -n "$pages" ] || exit 0
words=$(mktemp)
named=$(mktemp)
found=$(mktemp)
trap 'rm -f "$words" "$named" "$found"' EXIT

find hypervisor toolstack xenbus drivers guest-patches tests Makefile -type f \( -name '*.[chS]' -o -name '*.py' -o -name '*.sh' \
	-o -name '*.lds' -o -name '*.mk' -o -name Makefile -o -name 'main_*' \) -exec cat {} + 2>/dev/null |
	tr -cs 'A-Za-z0-9_' '\n' | sort -u >"$words"

# page:line:name for every code span of one line
awk '{ n = split($0, part, "`"); for (i = 2; i < n; i += 2) print FILENAME ":" FNR ":" part[i] }' $pages >"$named"

awk -F: -v words="$words" '
	BEGIN { while ((getline w < words) > 0) { known[w] = 1 } }
	{
		where = $1 ":" $2
		name = substr($0, length(where) + 2)
	}
	name ~ /[ *<>$=@{]/ && name !~ /^(struct|enum) [a-z_0-9]+$/ && name !~ /->/ { next }
	name ~ /\// || name ~ /\.(c|h|S|md|sh|py|awk|mk|lds)$/ { print "path", where, name; next }
	{
		sub(/^(struct|enum) /, "", name)
		sub(/\(\)$/, "", name)
		sub(/^.*(\.|->)/, "", name)
	}
	name ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && !(name in known) {
		call = name
		if (sub(/^hypercall_/, "", call) && call in known) { next } # HYPERCALL(x) makes hypercall_x()
		print "symbol", where, name
	}
' "$named" | while read -r kind where name; do
	if [ "$kind" = symbol ]; then
		echo "$where: \`$name\` is in no source file"
	elif [ ! -e "$name" ] && [ ! -e "hypervisor/$name" ] && [ ! -e "docs/$name" ]; then
		echo "$where: there is no file \`$name\`"
	fi
done >"$found"

find . \( -path ./.git -o -path ./build \) -prune -o -name '*.md' -print | while read -r page; do
	grep -noE '\]\([^)#: ]+[)#]' "$page" | sed 's/\](/ /; s/[)#]$//; s/: */ /' | while read -r line target; do
		[ -e "$(dirname "$page")/$target" ] || echo "${page#./}:$line: a link to \`$target\`, which is not there"
	done
done >>"$found"
cat "$found"
[ ! -s "$found" ]
