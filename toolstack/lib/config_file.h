/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configurations in files. A path may name a pipe; at most CONFIG_MAX_BYTES are read.
 */
#ifndef TOOLSTACK_LIB_CONFIG_FILE_H
#define TOOLSTACK_LIB_CONFIG_FILE_H

#include <stddef.h>

struct config;
struct domain_config_warnings;
struct error;

/* The whole text of @path in memory that the caller frees; what is longer than possible is cut. */
int config_file_read(const char *path, char **text, size_t *bytes, struct error *error);
/*
 * Reads and parses; @config as for config_parse(). A file that begins with '<' is libvirt's domain
 * XML: a helper without privileges turns it into a configuration; @warnings may be NULL.
 */
int config_file_parse(struct config *config, const char *path,
		      const struct domain_config_warnings *warnings, struct error *error);

#endif
