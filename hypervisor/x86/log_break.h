/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For panic() alone: the log lock no longer excludes anybody.
 */
#ifndef LAMINA_X86_LOG_BREAK_H
#define LAMINA_X86_LOG_BREAK_H

void log_machine_break_lock(void);

#endif
