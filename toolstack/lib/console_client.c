// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests: "DOMID\n" attaches; the daemon answers one line, "ok" or a reason, and the console's
 * bytes follow. "gone DOMID\n" has no answer.
 */
#include "lib/console_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/paths.h"
#include "sys/error.h"

int console_client_connect(struct error *error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = LAMINA_CONSOLE_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int code;

	if (fd < 0) {
		return error_set(error, errno, NULL, "cannot make a socket");
	}
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		return fd;
	}
	code = errno;
	close(fd);
	error_set(error, code, "console daemon", "xenconsoled is not running");
	error_set_hint(error, "start lamd, which looks after it");
	return -code;
}

/* The answer is read byte by byte, because the console's bytes follow it. */
static int console_client_answer(int fd, const char *name, struct error *error)
{
	char line[200];
	char object[128];
	size_t used = 0;

	while (used < sizeof(line) - 1 && read(fd, line + used, 1) == 1 && line[used] != '\n') {
		used++;
	}
	line[used] = '\0';
	if (strcmp(line, "ok") == 0) {
		return 0;
	}
	snprintf(object, sizeof(object), "console of '%.100s'", name);
	return error_set(error, ENXIO, object, "%s",
			 used != 0 ? line : "the console daemon hung up");
}

int console_client_attach(uint16_t domid, const char *name, struct error *error)
{
	char request[16];
	int length = snprintf(request, sizeof(request), "%u\n", domid);
	int fd = console_client_connect(error);
	int rc = fd;

	if (fd >= 0 && send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
		rc = error_set(error, errno, "console daemon", "does not listen");
	} else if (fd >= 0) {
		rc = console_client_answer(fd, name, error);
	}
	if (rc < 0 && fd >= 0) {
		close(fd);
	}
	return rc < 0 ? rc : fd;
}

void console_client_tell_gone(uint16_t domid)
{
	char request[24];
	int length = snprintf(request, sizeof(request), "gone %u\n", domid);
	int fd = console_client_connect(NULL);

	if (fd >= 0) {
		/* A daemon that dies meanwhile unmaps everything anyway. */
		if (send(fd, request, (size_t)length, MSG_NOSIGNAL) < 0) {
			errno = 0;
		}
		close(fd);
	}
}
