#compdef lam xl
# SPDX-License-Identifier: GPL-2.0-only
#
# zsh completion for lam and xl: verbs with their summaries from `lam help`, options from each verb's own help,
# domains from `lam list`, and file names where a verb takes a file.

_lam_verbs() {
	local -a verbs
	verbs=(${(f)"$($words[1] help 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\)  *\(.*\)/\1:\2/p')"})
	_describe -t verbs verb verbs
}

_lam_domains() {
	local -a domains
	domains=(${(f)"$($program list 2>/dev/null | awk 'NR > 1 { print $1 }')"})
	_describe -t domains domain domains
}

_lam_options() {
	local -a options
	options=(${(f)"$($program help $verb 2>/dev/null | grep -oE '(^|[[ (|])--?[a-z][a-z-]*=?' |
		grep -oE -- '--?[a-z][a-z-]*=?' | sort -u)"})
	_describe -t options option options -o
}

# What the argument at the cursor is, by the words of the verb's usage line.
_lam_argument() {
	$program help $verb 2>/dev/null | sed -n '1{
		s/^usage: [^ ]* [^ ]*//
		p
	}' | tr -d '[].' | awk -v n=$1 '{
		for (i = 1; i <= NF; i++) {
			if ($i !~ /^-/) {
				last = $i
				if (++seen == n) { print $i; exit }
			}
		}
		if (seen < n && last != "") { print last }
	}'
}

_lam() {
	local program=$words[1] verb="" at=0 i

	for ((i = 2; i < CURRENT; i++)); do
		[[ $words[i] == -* ]] && continue
		if [[ -z $verb ]]; then
			verb=$words[i]
		else
			at=$((at + 1))
		fi
	done
	if [[ -z $verb ]]; then
		_lam_verbs
		return
	fi
	if [[ $words[CURRENT] == -* ]]; then
		_lam_options
		return
	fi
	case $(_lam_argument $((at + 1))) in
	DOMAIN*) _lam_domains ;;
	VERB) _lam_verbs ;;
	CONFIG | KERNEL | FILE) _files ;;
	esac
}

_lam "$@"
