// SPDX-License-Identifier: GPL-2.0-only
/*
 * See config_file.h.
 */
#include "lib/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/domain_xml.h"
#include "sys/error.h"

int config_file_read(const char *path, char **text, size_t *bytes, struct error *error)
{
	struct stat st;
	ssize_t n = 0;
	char *buffer = NULL;
	size_t room;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc = 0;

	if (fd < 0) {
		return error_set(error, errno, path, "cannot read the configuration: %s",
				 strerror(errno));
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		rc = error_set(error, EISDIR, path, "is a folder, not a configuration");
		goto out;
	}
	room = S_ISREG(st.st_mode) && st.st_size < CONFIG_MAX_BYTES ? (size_t)st.st_size + 1 :
	       CONFIG_MAX_BYTES + 1;
	buffer = malloc(room);
	*bytes = 0;
	while (buffer != NULL && *bytes < room &&
	       (n = read(fd, buffer + *bytes, room - *bytes)) > 0) {
		*bytes += (size_t)n;
	}
	if (buffer == NULL || n < 0) {
		rc = error_set(error, buffer == NULL ? ENOMEM : errno, path,
			       "cannot read the configuration");
		free(buffer);
		goto out;
	}
	*text = buffer;
out:
	close(fd);
	return rc;
}

static bool config_text_is_xml(const char *text, size_t bytes)
{
	size_t i = bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < bytes && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')) {
		i++;
	}
	return i < bytes && text[i] == '<';
}

int config_file_parse(struct config *config, const char *path,
		      const struct domain_config_warnings *warnings, struct error *error)
{
	char *text = NULL;
	size_t bytes = 0;
	int rc = config_file_read(path, &text, &bytes, error);

	if (rc == 0 && config_text_is_xml(text, bytes)) {
		struct domain_xml_source source = { path, text, bytes };
		char *converted = NULL;

		rc = domain_xml_to_config(&source, &converted, &bytes, warnings, error);
		free(text);
		text = converted;
		config->is_from_xml = true;
	}
	if (rc == 0) {
		rc = config_parse(config, path, text, bytes, error);
	}
	free(text);
	return rc;
}
