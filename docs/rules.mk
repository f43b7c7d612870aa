# SPDX-License-Identifier: GPL-2.0-only
#
# Documentation has nothing to build yet: the man pages are installed as they are written.

MAN_PAGES := $(wildcard docs/man/*.[1-8])
