// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log lines. A line is built in one buffer and leaves in one write, so that lines of several
 * processes appending to one file do not mix. Control characters of a peer's text become '?',
 * so that no peer can forge a line or drive a terminal.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOG_LINE_BYTES 1024
#define LOG_LIMIT_BURST 10
#define LOG_LIMIT_INTERVAL_NS (5 * 1000000000ull)

static struct {
	const char *program;
	enum log_level level;
	int fd;
} log_state = { "lamina", LOG_LEVEL_INFO, STDERR_FILENO };

void log_init(const char *program, enum log_level level)
{
	log_state.program = program;
	log_state.level = level;
}

int log_open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0) {
		return -errno;
	}
	if (log_state.fd != STDERR_FILENO) {
		close(log_state.fd);
	}
	log_state.fd = fd;
	return 0;
}

bool log_is_enabled(enum log_level level)
{
	return level <= log_state.level;
}

static size_t log_format_head(char *line, size_t bytes, enum log_level level)
{
	static const char *const names[] = { "error: ", "warning: ", "", "debug: " };
	struct tm tm;
	time_t now = time(NULL);
	size_t length;

	localtime_r(&now, &tm);
	length = strftime(line, bytes, "%Y-%m-%d %H:%M:%S ", &tm);
	length += (size_t)snprintf(line + length, bytes - length, "%.64s: %s", log_state.program,
				   names[level]);
	return length;
}

static void log_write_args(enum log_level level, const char *format, va_list args)
{
	char line[LOG_LINE_BYTES];
	size_t length = log_format_head(line, sizeof(line) - 1, level);
	size_t at = length;
	size_t room = sizeof(line) - 1 - length;
	int n = vsnprintf(line + length, room, format, args);
	ssize_t written;

	if (n > 0) {
		length += (size_t)n < room ? (size_t)n : room - 1;
	}
	for (; at < length; at++) {
		if ((unsigned char)line[at] < 0x20 || line[at] == 0x7f) {
			line[at] = '?';
		}
	}
	line[length++] = '\n';
	/* A log that cannot be written must not stop a daemon. */
	written = write(log_state.fd, line, length);
	(void)written;
}

void log_write(enum log_level level, const char *format, ...)
{
	va_list args;
	int saved = errno;

	if (!log_is_enabled(level)) {
		return;
	}
	va_start(args, format);
	log_write_args(level, format, args);
	va_end(args);
	errno = saved;
}

static bool log_limit_allows(struct log_limit *limit)
{
	struct timespec ts;
	uint64_t now;

	if (limit->used < LOG_LIMIT_BURST) {
		limit->used++;
		return true;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
	if (now < limit->next_ns) {
		limit->suppressed++;
		return false;
	}
	limit->next_ns = now + LOG_LIMIT_INTERVAL_NS;
	return true;
}

void log_write_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
{
	va_list args;
	int saved = errno;

	if (!log_is_enabled(level) || !log_limit_allows(limit)) {
		return;
	}
	if (limit->suppressed != 0) {
		log_write(level, "%u similar lines left out", limit->suppressed);
		limit->suppressed = 0;
	}
	va_start(args, format);
	log_write_args(level, format, args);
	va_end(args);
	errno = saved;
}
