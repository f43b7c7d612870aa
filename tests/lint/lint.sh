#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The house's rules that a machine can check, over the files git knows (and new ones not ignored).
# usage: lint.sh    exit status 1 and one line per finding when a rule is broken; warnings do not fail.
# Rules: SPDX line; files over 600 lines (warning over 450); functions over 80 lines; own header first; floors (who may
# include whom); no #if CONFIG in .c; words that mark unfinished work; no trailing blanks; no absolute paths of a
# machine; all makefiles together at most 400 lines besides comments and blank ones. tests/lint/source.awk reads C, includes.awk knows the floors.
set -u
here=$(dirname "$0")
cd "$here/../.." || exit 2
list=$(mktemp)
found=$(mktemp)
trap 'rm -f "$list" "$found"' EXIT

{ git ls-files -co --exclude-standard 2>/dev/null || find . -type f -not -path './build/*'; } |
	grep -v '^LICENSES/' | sort -u >"$list"

files() {
	grep -E "$1" "$list" | while read -r f; do
		[ -f "$f" ] && [ ! -L "$f" ] && printf '%s\n' "$f"
	done
}


# Text that people write carries its licence within the first three lines.
files '\.(c|h|S|lds|awk|py|sh|mk|case|cfg|patch|conf)$|^Makefile$' | grep -v '^guest-patches/.*\.patch$' |
	while read -r f; do
		head -n 3 "$f" | grep -q 'SPDX-License-Identifier: ' || echo "$f:1: no SPDX-License-Identifier line"
	done >>"$found"

files '\.(c|h|S|awk|py|sh)$' | xargs -r awk -v max=600 -v warn=450 -f "$here/length.awk" >>"$found"
files '\.(c|h)$' | xargs -r awk -f "$here/source.awk" >>"$found"
files '\.(c|h)$' | xargs -r awk -f "$here/includes.awk" >>"$found"
files '\.(c|h|S|awk|py|sh|mk|lds|case)$' | grep -v '^tests/lint/' |
	xargs -r grep -nE '\b(TODO|FIXME|XXX|HACK)\b|not implemented|unimplemented' /dev/null |
	sed 's/^\([^:]*:[0-9]*\):.*/\1: a word that marks unfinished work/' >>"$found"
files '\.(c|h|S|awk|py|sh|mk|lds|case|md)$' | xargs -r grep -nE '[ 	]+$' /dev/null |
	sed 's/^\([^:]*:[0-9]*\):.*/\1: blanks at the end of the line/' >>"$found"
files '.' | grep -v '^tests/lint/' | xargs -r grep -nIE '/work/(main|shared|scratch)|/tmp/o-' /dev/null |
	sed 's/^\([^:]*:[0-9]*\):.*/\1: a path that exists on one machine only/' >>"$found"

sh "$here/tour.sh" >>"$found"
sh "$here/man.sh" >>"$found"
sh "$here/completion.sh" >>"$found"

lines=$(files '(^|/)(Makefile|rules\.mk)$' | xargs cat | grep -cvE '^#|^$')
[ "$lines" -le 400 ] || echo "Makefile:1: all makefiles together have $lines lines; 400 are allowed" >>"$found"

grep ': warning: ' "$found"
if grep -v ': warning: ' "$found"; then
	echo "lint: $(grep -vc ': warning: ' "$found") findings" >&2
	exit 1
fi
echo "lint: $(wc -l <"$list") files, no findings"
