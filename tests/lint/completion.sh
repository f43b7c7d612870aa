#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of shells: the files are in form, and bash's offers what a stand-in for lam says.
# usage: completion.sh    one line per finding; exit status 1 when there is one; a shell that is not installed is left out
set -u
cd "$(dirname "$0")/../.." || exit 2
bash=toolstack/etc/lam.bash zsh=toolstack/etc/lam.zsh
fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT

cat >"$fake/lam" <<'END'
#!/bin/sh
case "$*" in
help) printf 'usage: lam VERB [ARGUMENTS]\n\n  create          make\n  list            show\n  block-attach    give\n' ;;
list) printf 'NAME ID\nDomain-0 0\nweb1 1\nweb2 2\n' ;;
"help list") printf 'usage: lam list [-v] [-l] [DOMAIN...]\nshow.\n\n  -v       also\n  --json   JSON\n' ;;
"help block-attach") printf 'usage: lam block-attach DOMAIN DISK...\ngive.\n' ;;
"help create") printf 'usage: lam create [-c] [-n [--json]] CONFIG [KEY=VALUE...]\nmake.\n' ;;
"help help") printf 'usage: lam help [VERB]\nlist.\n' ;;
esac
END
chmod +x "$fake/lam"

# offers WORDS EXPECTED: what bash proposes for the last word.
offers() {
	got=$(cd "$fake" && PATH="$fake:$PATH" bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lam; echo "${COMPREPLY[*]}"' \
		bash "$OLDPWD/$bash" $1 2>&1)
	[ "$got" = "$2" ] || echo "$bash:1: for '$1' it proposes '$got', not '$2'"
}

findings() {
	if command -v bash >/dev/null; then
		cd . && bash -n "$bash" || echo "$bash:1: is not in form"
		offers "lam cr" "create"
		offers "lam bl" "block-attach"
		offers "lam list we" "web1 web2"
		offers "lam list web1 web2" "web2"
		offers "lam list -v Dom" "Domain-0"
		offers "lam list --" "--json"
		offers "lam block-attach web1" "web1"
		offers "lam block-attach web1 x" ""
		offers "lam create la" "lam"
		offers "lam help li" "list"
		offers "lam frobnicate x" ""
	fi
	if command -v zsh >/dev/null; then
		zsh -n "$zsh" || echo "$zsh:1: is not in form"
	fi
}
found=$(findings)
[ -z "$found" ] || { echo "$found"; exit 1; }
