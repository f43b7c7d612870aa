/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From libvirt's domain XML (type 'xen', paravirtual) to the text of an xl configuration.
 *
 * Nothing is judged here that lib/domain_config judges: a device that Lamina cannot give becomes
 * the key that is refused there with its reason. Elements without a counterpart are named in a
 * warning, never dropped in silence, but for those that say what is so anyway.
 *
 * Each assignment stands on the line that its element has in the XML, so that whoever reads the
 * configuration names the right line in an error.
 */
#ifndef TOOLSTACK_HELPERS_DOMAIN_XML_H
#define TOOLSTACK_HELPERS_DOMAIN_XML_H

#include <stdio.h>

#include "helpers/xml_tree.h"

/* Notes on descriptor 2: "warning: " lines, or one line of an error. */
#define DOMAIN_XML_NOTES_BYTES 4000

struct domain_xml {
	struct xml_tree tree;
	FILE *out;			/* the configuration */
	unsigned int line;		/* of what is written next */
	char notes[DOMAIN_XML_NOTES_BYTES];
};

/* 0, or -errno with one line in notes. The caller releases the tree. */
int domain_xml_convert(struct domain_xml *xml, const char *text, size_t bytes);

/* For domain_xml_devices.c. Each returns 0 or -errno; errors replace the notes. */
int domain_xml_error(struct domain_xml *xml, const xml_node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void domain_xml_warn(struct domain_xml *xml, const xml_node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Moves the output to the line of an element. */
void domain_xml_at(struct domain_xml *xml, const xml_node *node);
/* key = "value"; nothing when @value is NULL. */
void domain_xml_key(struct domain_xml *xml, const xml_node *node, const char *key,
		    const char *value);
void domain_xml_quoted(struct domain_xml *xml, const char *value);
/* A whole decimal number of an element or attribute; -EINVAL with an error. */
int domain_xml_number(struct domain_xml *xml, const xml_node *node, const char *text,
		      uint64_t *number);
int domain_xml_devices(struct domain_xml *xml, const xml_node *devices);

#endif
