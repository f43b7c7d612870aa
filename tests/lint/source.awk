# SPDX-License-Identifier: GPL-2.0-only
#
# Rules about one C file at a time: functions of at most 80 lines, the file's own header included first, no
# #if CONFIG in .c files. A function is what stands between a brace in the first column and its closing brace.

FNR == 1 {
	opened = 0
	includes = 0
	is_c = FILENAME ~ /\.c$/
	own = FILENAME
	sub(/.*\//, "", own)
	sub(/\.c$/, ".h", own)
	path = FILENAME
	sub(/\.c$/, ".h", path)
	has_own = is_c && (getline line < path) > 0
	close(path)
}

/^\{/ { opened = FNR }
/^\}/ {
	if (opened && FNR - opened + 1 > 80 && FILENAME !~ /table\.c$/) {
		printf "%s:%d: a function of %d lines; 80 are allowed\n", FILENAME, opened, FNR - opened + 1
	}
	opened = 0
}

is_c && /^[ \t]*#[ \t]*if.*CONFIG_/ {
	printf "%s:%d: #if CONFIG: a variant is another file at link time\n", FILENAME, FNR
}

is_c && /^#[ \t]*include/ && includes++ == 0 && has_own {
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*/, "", name)
	sub(/.*\//, "", name)
	if (name != own) {
		printf "%s:%d: the first include is %s, not the file's own %s\n", FILENAME, FNR, name, own
	}
}
