// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path syntax. The characters are a table lookup; lengths are checked before anything is copied.
 */
#include "xenbus/path.h"

#include <errno.h>
#include <public/io_xenstore.h>
#include <stdio.h>
#include <string.h>

static bool path_is_name_character(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '@';
}

/* Bytes of a leading "/local/domain/<1 to 5 digits>/", or 0. */
static size_t path_domain_prefix(const char *path)
{
	static const char prefix[] = "/local/domain/";
	size_t at = sizeof(prefix) - 1;
	size_t digits = 0;

	if (strncmp(path, prefix, at) != 0) {
		return 0;
	}
	while (path[at + digits] >= '0' && path[at + digits] <= '9') {
		digits++;
	}
	if (digits == 0 || digits > 5 || path[at + digits] != '/') {
		return 0;
	}
	return at + digits + 1;
}

bool path_is_valid(const char *path)
{
	size_t length = strnlen(path, XENSTORE_ABS_PATH_MAX + 1);
	size_t i;

	if (path[0] != '/' || length > XENSTORE_ABS_PATH_MAX ||
	    length - path_domain_prefix(path) > XENSTORE_REL_PATH_MAX) {
		return false;
	}
	if (length == 1) {
		return true;
	}
	for (i = 1; i < length; i++) {
		if (path[i] == '/' ? path[i - 1] == '/'
				   : !path_is_name_character((unsigned char)path[i])) {
			return false;
		}
	}
	return path[length - 1] != '/';
}

bool path_is_special(const char *path)
{
	return path[0] == '@';
}

int path_canonicalize(const char *given, uint16_t domid, char *out, size_t *prefix_bytes)
{
	size_t prefix = 0;

	if (strnlen(given, XENSTORE_ABS_PATH_MAX + 1) > XENSTORE_ABS_PATH_MAX) {
		return -EINVAL;
	}
	if (given[0] != '/') {
		if (given[0] == '\0' || path_is_special(given) ||
		    strnlen(given, XENSTORE_REL_PATH_MAX + 1) > XENSTORE_REL_PATH_MAX) {
			return -EINVAL;
		}
		prefix = (size_t)snprintf(out, PATH_BYTES, "/local/domain/%u/", domid);
	}
	memcpy(out + prefix, given, strlen(given) + 1);
	if (!path_is_valid(out)) {
		return -EINVAL;
	}
	if (prefix_bytes != NULL) {
		*prefix_bytes = prefix;
	}
	return 0;
}

const char *path_component(const char *at, size_t *length)
{
	while (*at == '/') {
		at++;
	}
	if (*at == '\0') {
		return NULL;
	}
	*length = strcspn(at, "/");
	return at;
}

size_t path_parent_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? 1 : (size_t)(slash - path);
}
