// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a running domain from which the supervisor starts it again: one for each UUID. Whoever reads it finds the old one or
 * the new one, whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/domain.h"
#include "lib/paths.h"
#include "lib/uuid.h"
#include "sys/error.h"

void domain_config_path(const uint8_t uuid[16], char *path, size_t bytes)
{
	char text[UUID_TEXT_BYTES];

	uuid_format(uuid, text);
	snprintf(path, bytes, "%s/%s.cfg", LAMINA_CONFIG_DIR, text);
}

/* What is written to first; it stays behind when its writer is killed. */
static void domain_config_fresh_path(const char *path, char *fresh, size_t bytes)
{
	snprintf(fresh, bytes, "%s.new", path);
}

void domain_remove_config(const uint8_t uuid[16])
{
	char path[128], fresh[136];

	domain_config_path(uuid, path, sizeof(path));
	domain_config_fresh_path(path, fresh, sizeof(fresh));
	unlink(fresh);
	unlink(path);
}

int domain_save_config(const struct domain_config *config, struct error *error)
{
	static char text[DOMAIN_CONFIG_TEXT_BYTES];
	size_t length = domain_config_write(config, text, sizeof(text));
	char path[128], fresh[136];
	int fd, rc = 0;

	domain_config_path(config->uuid, path, sizeof(path));
	domain_config_fresh_path(path, fresh, sizeof(fresh));
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || length >= sizeof(text) || write(fd, text, length) != (ssize_t)length || rename(fresh, path) < 0) {
		rc = error_set(error, length >= sizeof(text) ? E2BIG : errno, path, "cannot be written: %s",
			       strerror(length >= sizeof(text) ? E2BIG : errno));
		unlink(fresh);
	}
	if (fd >= 0) {
		close(fd);
	}
	return rc;
}
