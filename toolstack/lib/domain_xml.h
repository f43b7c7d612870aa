/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libvirt's domain XML, both ways. Reading is the helper lam-domain-xml's (libxml2 without
 * privileges); writing takes no library.
 *
 * What both forms can say survives either way. What only a configuration can say is named in a
 * warning when XML is written.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_XML_H
#define TOOLSTACK_LIB_DOMAIN_XML_H

#include <stddef.h>
#include <stdio.h>

#include "lib/domain_config.h"

struct error;

struct domain_xml_source {
	const char *path;	/* for errors and warnings */
	const char *text;
	size_t bytes;
};

/* The configuration that says the same, in memory that the caller frees. */
int domain_xml_to_config(const struct domain_xml_source *source, char **text, size_t *bytes,
			 const struct domain_config_warnings *warnings, struct error *error);

/* -EILSEQ: a text of the configuration holds bytes that XML cannot. */
int domain_xml_write(FILE *out, const struct domain_config *config,
		     const struct domain_config_warnings *warnings, struct error *error);

#endif
