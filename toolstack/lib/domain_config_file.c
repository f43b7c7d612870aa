// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configurations as files: reading one with the overrides of a command line, and writing the text
 * from which the same domain can be built again.
 */
#include "lib/domain_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/uuid.h"
#include "sys/error.h"

struct text {
	char *buffer;
	size_t room;
	size_t length;
};

static void text_add(struct text *text, const char *format, ...)
{
	size_t left = text->length < text->room ? text->room - text->length : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(left != 0 ? text->buffer + text->length : NULL, left, format, args);
	va_end(args);
	text->length += n > 0 ? (size_t)n : 0;
}

static void text_add_quoted(struct text *text, const char *value)
{
	const unsigned char *p;

	text_add(text, "\"");
	for (p = (const unsigned char *)value; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			text_add(text, "\\%c", *p);
		} else if (*p < 0x20 || *p == 0x7f) {
			text_add(text, "\\%03o", *p);
		} else {
			text_add(text, "%c", *p);
		}
	}
	text_add(text, "\"");
}

static void text_add_string(struct text *text, const char *key, const char *value)
{
	if (value[0] != '\0') {
		text_add(text, "%s = ", key);
		text_add_quoted(text, value);
		text_add(text, "\n");
	}
}

static void text_add_number(struct text *text, const char *key, uint64_t value)
{
	if (value != 0) {
		text_add(text, "%s = %llu\n", key, (unsigned long long)value);
	}
}

static void text_add_disks(struct text *text, const struct domain_config *config)
{
	char spec[DISK_SPEC_BYTES];
	uint32_t i;

	for (i = 0; i < config->disk_count; i++) {
		disk_format(&config->disks[i], spec, sizeof(spec));
		text_add(text, i == 0 ? "disk = [ " : ", ");
		text_add_quoted(text, spec);
	}
	text_add(text, config->disk_count != 0 ? " ]\n" : "");
}

size_t domain_config_write(const struct domain_config *config, char *buffer, size_t bytes)
{
	static const char *const on[] = { "on_poweroff", "on_reboot", "on_crash", "on_watchdog",
					  "on_soft_reset" };
	struct text text = { buffer, bytes, 0 };
	char uuid[UUID_TEXT_BYTES];
	size_t i;

	text_add_string(&text, "name", config->name);
	if (config->has_uuid) {
		uuid_format(config->uuid, uuid);
		text_add_string(&text, "uuid", uuid);
	}
	text_add_string(&text, "kernel", config->kernel);
	text_add_string(&text, "ramdisk", config->ramdisk);
	text_add_string(&text, "cmdline", config->cmdline);
	text_add_number(&text, "memory", config->memory_mib);
	text_add_number(&text, "maxmem", config->maxmem_mib);
	text_add_number(&text, "vcpus", config->vcpus);
	text_add_number(&text, "maxvcpus", config->maxvcpus);
	text_add_number(&text, "cpu_weight", config->weight);
	text_add_number(&text, "cap", config->cap_percent);
	text_add_number(&text, "max_grant_frames", config->max_grant_frames);
	text_add_number(&text, "max_event_channels", config->max_ports);
	for (i = 0; i < DOMAIN_EVENT_COUNT; i++) {
		text_add_string(&text, on[i], domain_action_name(config->on[i]));
	}
	text_add_disks(&text, config);
	return text.length;
}

/* The whole text of @path in memory that the caller frees. */
static int domain_config_slurp(const char *path, char **text, size_t *bytes, struct error *error)
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

int domain_config_load(const struct domain_config_source *source, struct domain_config *out,
		       const struct domain_config_warnings *warnings, struct error *error)
{
	struct config config = { 0 };
	char *text = NULL;
	size_t bytes = 0;
	size_t i;
	int rc = domain_config_slurp(source->path, &text, &bytes, error);

	if (rc < 0) {
		return rc;
	}
	rc = config_parse(&config, source->path, text, bytes, error);
	for (i = 0; i < source->count && rc == 0; i++) {
		rc = config_parse_override(&config, source->overrides[i], error);
	}
	if (rc == 0) {
		rc = domain_config_read(&config, out, warnings, error);
	}
	config_release(&config);
	free(text);
	return rc;
}
