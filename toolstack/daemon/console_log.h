/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest printed, as a file: /var/log/lamina/console/NAME.log. A file that reaches its limit
 * becomes NAME.log.1, so that a guest fills at most twice the limit. Bytes are kept as they came.
 */
#ifndef TOOLSTACK_DAEMON_CONSOLE_LOG_H
#define TOOLSTACK_DAEMON_CONSOLE_LOG_H

#include <stddef.h>
#include <stdint.h>

#define CONSOLE_LOG_LIMIT_BYTES (1u << 20)

struct console_log {
	int fd;			/* -1: nothing is kept */
	uint32_t bytes;
};

/* Appends to the file of @name in @folder. Returns 0 or -errno; then nothing is kept. */
int console_log_open(struct console_log *log, const char *folder, const char *name);
void console_log_close(struct console_log *log);
void console_log_add(struct console_log *log, const char *folder, const char *name,
		     const char *data, size_t bytes);

/* The last bytes of the file, at most @room; how many. */
size_t console_log_tail(const struct console_log *log, char *buffer, size_t room);

#endif
