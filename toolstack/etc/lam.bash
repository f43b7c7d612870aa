# SPDX-License-Identifier: GPL-2.0-only
#
# bash completion for lam and xl: verbs from `lam help`, options from each verb's own help, domains from
# `lam list`, and file names where a verb takes a file. Nothing is kept: what the tool says now is offered.

_lam_verbs() {
	"$1" help 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\) .*/\1/p'
}

_lam_domains() {
	"$1" list 2>/dev/null | awk 'NR > 1 { print $1 }'
}

# The options that a verb's help names.
_lam_options() {
	"$1" help "$2" 2>/dev/null | grep -oE '(^|[[ (|])--?[a-z][a-z-]*=?' | grep -oE -- '--?[a-z][a-z-]*=?' | sort -u
}

# What the n-th argument of a verb is, by the words of its usage line.
_lam_argument() {
	"$1" help "$2" 2>/dev/null | sed -n '1{
		s/^usage: [^ ]* [^ ]*//
		p
	}' | tr -d '[].' | awk -v n="$3" '{
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
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} verb="" at=0 i

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -* ]] && continue
		if [[ -z $verb ]]; then
			verb=${COMP_WORDS[i]}
		else
			at=$((at + 1))
		fi
	done
	if [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_lam_verbs "$program")" -- "$cur")
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_lam_options "$program" "$verb")" -- "$cur")
		return
	fi
	case $(_lam_argument "$program" "$verb" $((at + 1))) in
	DOMAIN*) mapfile -t COMPREPLY < <(compgen -W "$(_lam_domains "$program")" -- "$cur") ;;
	VERB) mapfile -t COMPREPLY < <(compgen -W "$(_lam_verbs "$program")" -- "$cur") ;;
	CONFIG | KERNEL | FILE) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

complete -o filenames -F _lam lam xl
