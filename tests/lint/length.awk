# SPDX-License-Identifier: GPL-2.0-only
#
# Files longer than max lines are findings, longer than warn warnings.

FNR == 1 { report() }
{ file = FILENAME; lines = FNR }
END { report() }

function report() {
	if (lines > max) {
		printf "%s:%d: %d lines; %d are allowed\n", file, lines, lines, max
	} else if (lines > warn) {
		printf "%s:%d: warning: %d lines; over %d needs a reason\n", file, lines, lines, warn
	}
	lines = 0
}
