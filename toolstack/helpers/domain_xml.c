// SPDX-License-Identifier: GPL-2.0-only
/*
 * The elements of a domain, one reader each; devices stand in domain_xml_devices.c.
 */
#include "helpers/domain_xml.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define XML_MIB (1ull << 20)
#define XML_DEFAULT_PERIOD 100000ull	/* libvirt's, in microseconds */

int domain_xml_error(struct domain_xml *xml, const xml_node *node, const char *format, ...)
{
	int length = snprintf(xml->notes, sizeof(xml->notes), "line %u: ", xml_line(node));
	va_list args;

	va_start(args, format);
	vsnprintf(xml->notes + length, sizeof(xml->notes) - (size_t)length, format, args);
	va_end(args);
	return -EINVAL;
}

void domain_xml_warn(struct domain_xml *xml, const xml_node *node, const char *format, ...)
{
	size_t used = strlen(xml->notes);
	char line[256];
	va_list args;
	int length = snprintf(line, sizeof(line), "warning: line %u: ", xml_line(node));

	va_start(args, format);
	vsnprintf(line + length, sizeof(line) - (size_t)length - 1, format, args);
	va_end(args);
	if (used + strlen(line) + 2 < sizeof(xml->notes)) {
		snprintf(xml->notes + used, sizeof(xml->notes) - used, "%s\n", line);
	}
}

void domain_xml_quoted(struct domain_xml *xml, const char *value)
{
	const unsigned char *p;

	putc('"', xml->out);
	for (p = (const unsigned char *)value; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			fprintf(xml->out, "\\%c", *p);
		} else if (*p < 0x20 || *p == 0x7f) {
			fprintf(xml->out, "\\%03o", *p);
		} else {
			putc(*p, xml->out);
		}
	}
	putc('"', xml->out);
}

void domain_xml_at(struct domain_xml *xml, const xml_node *node)
{
	for (; xml->line < xml_line(node); xml->line++) {
		putc('\n', xml->out);
	}
}

void domain_xml_key(struct domain_xml *xml, const xml_node *node, const char *key,
		    const char *value)
{
	if (value != NULL) {
		domain_xml_at(xml, node);
		fprintf(xml->out, "%s = ", key);
		domain_xml_quoted(xml, value);
		fputs("; ", xml->out);
	}
}

static void xml_key_number(struct domain_xml *xml, const xml_node *node, const char *key,
			   uint64_t value)
{
	domain_xml_at(xml, node);
	fprintf(xml->out, "%s = %" PRIu64 "; ", key, value);
}

int domain_xml_number(struct domain_xml *xml, const xml_node *node, const char *text,
		      uint64_t *number)
{
	if (text == NULL || *text == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    strlen(text) > 15) {
		return domain_xml_error(xml, node, "<%.40s>: '%.40s' is not a number", xml_name(node),
					text != NULL ? text : "");
	}
	*number = strtoull(text, NULL, 10);
	return 0;
}

/* Bytes that a unit stands for; 0: unknown. KiB without one. */
static uint64_t xml_unit_bytes(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "b", 1 },		{ "bytes", 1 },		 { "KB", 1000 },
		{ "k", 1ull << 10 },	{ "KiB", 1ull << 10 },	 { "MB", 1000000 },
		{ "M", 1ull << 20 },	{ "MiB", 1ull << 20 },	 { "GB", 1000000000 },
		{ "G", 1ull << 30 },	{ "GiB", 1ull << 30 },	 { "TB", 1000000000000 },
		{ "T", 1ull << 40 },	{ "TiB", 1ull << 40 },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (unit != NULL && strcmp(unit, units[i].name) == 0) {
			return units[i].bytes;
		}
	}
	return unit == NULL ? 1024 : 0;
}

static int xml_size(struct domain_xml *xml, const xml_node *node, uint64_t *mib)
{
	const char *unit = xml_attribute(&xml->tree, node, "unit");
	uint64_t bytes = xml_unit_bytes(unit);
	uint64_t number;
	int rc = domain_xml_number(xml, node, xml_text(&xml->tree, node), &number);

	if (rc < 0) {
		return rc;
	}
	if (bytes == 0 || number > UINT64_MAX / bytes - XML_MIB) {
		return domain_xml_error(xml, node, "<%.40s>: the unit '%.20s' is unknown or too large",
					xml_name(node), unit != NULL ? unit : "KiB");
	}
	*mib = (number * bytes + XML_MIB - 1) / XML_MIB;
	if (*mib * XML_MIB != number * bytes) {
		domain_xml_warn(xml, node, "<%.40s> becomes %" PRIu64 " MiB: memory is given in whole MiB",
				xml_name(node), *mib);
	}
	return 0;
}

/* libvirt's memory is the most a domain may have, currentMemory what it starts with. */
static int xml_memory(struct domain_xml *xml, const xml_node *node)
{
	const xml_node *current = xml_child(xml->tree.root, "currentMemory");
	uint64_t most, now;
	int rc = xml_size(xml, node, &most);

	now = most;
	if (rc == 0 && current != NULL) {
		rc = xml_size(xml, current, &now);
	}
	if (rc == 0) {
		xml_key_number(xml, node, "memory", now);
		xml_key_number(xml, node, "maxmem", most);
	}
	return rc;
}

static int xml_vcpu(struct domain_xml *xml, const xml_node *node)
{
	const char *current = xml_attribute(&xml->tree, node, "current");
	uint64_t most, now;
	int rc = domain_xml_number(xml, node, xml_text(&xml->tree, node), &most);

	now = most;
	if (rc == 0 && current != NULL) {
		rc = domain_xml_number(xml, node, current, &now);
	}
	if (rc == 0) {
		xml_key_number(xml, node, "vcpus", now);
		xml_key_number(xml, node, "maxvcpus", most);
		domain_xml_key(xml, node, "cpus", xml_attribute(&xml->tree, node, "cpuset"));
	}
	return rc;
}

static int xml_os_type(struct domain_xml *xml, const xml_node *os)
{
	const xml_node *node = xml_child(os, "type");
	const char *type = node != NULL ? xml_text(&xml->tree, node) : "linux";

	if (type == NULL) {
		return -ENOMEM;
	}
	if (strcmp(type, "hvm") == 0) {
		domain_xml_key(xml, os, "type", "hvm");
	} else if (strcmp(type, "xenpvh") == 0 ||
		   xml_attribute_is(&xml->tree, node, "machine", "xenpvh")) {
		domain_xml_key(xml, os, "type", "pvh");
	} else if (strcmp(type, "linux") != 0 && strcmp(type, "xen") != 0) {
		return domain_xml_error(xml, node, "<os>: the type '%.40s' is unknown; the one that is "
					"possible is 'linux'", type);
	}
	return 0;
}

static int xml_os(struct domain_xml *xml, const xml_node *os)
{
	static const struct {
		const char *element;
		const char *key;	/* NULL: read elsewhere */
	} children[] = {
		{ "type", NULL }, { "kernel", "kernel" }, { "initrd", "ramdisk" }, { "cmdline", "cmdline" },
	};
	const xml_node *node;
	size_t i;
	int rc = xml_os_type(xml, os);

	for (node = xml_first(os); node != NULL; node = xml_next(node)) {
		for (i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
			if (strcmp(xml_name(node), children[i].element) == 0) {
				break;
			}
		}
		if (i == sizeof(children) / sizeof(children[0])) {
			domain_xml_warn(xml, node, "<os>: <%.40s> is ignored", xml_name(node));
		} else if (children[i].key != NULL) {
			domain_xml_key(xml, node, children[i].key, xml_text(&xml->tree, node));
		}
	}
	return rc;
}

/* The key has the element's name. */
static int xml_plain(struct domain_xml *xml, const xml_node *node)
{
	domain_xml_key(xml, node, xml_name(node), xml_text(&xml->tree, node));
	return 0;
}

static int xml_silent(struct domain_xml *xml, const xml_node *node)
{
	(void)xml;
	(void)node;
	return 0;
}

/* Shares are weights; the quota of the whole domain over its period is the cap. */
static int xml_cputune(struct domain_xml *xml, const xml_node *tune)
{
	const xml_node *node;
	uint64_t shares = 0, quota = 0, period = XML_DEFAULT_PERIOD;
	int rc = 0;

	for (node = xml_first(tune); node != NULL && rc == 0; node = xml_next(node)) {
		uint64_t *into = strcmp(xml_name(node), "shares") == 0 ? &shares :
				 strcmp(xml_name(node), "global_quota") == 0 ? &quota :
				 strcmp(xml_name(node), "global_period") == 0 ? &period : NULL;

		if (into == NULL) {
			domain_xml_warn(xml, node, "<cputune>: <%.40s> is ignored", xml_name(node));
		} else {
			rc = domain_xml_number(xml, node, xml_text(&xml->tree, node), into);
		}
	}
	if (rc == 0 && shares != 0) {
		xml_key_number(xml, tune, "cpu_weight", shares);
	}
	if (rc == 0 && quota != 0 && period != 0) {
		xml_key_number(xml, tune, "cap", quota * 100 / period);
	}
	return rc;
}

static int xml_clock(struct domain_xml *xml, const xml_node *clock)
{
	const char *offset = xml_attribute(&xml->tree, clock, "offset");
	const char *adjustment = xml_attribute(&xml->tree, clock, "adjustment");

	if (offset != NULL && strcmp(offset, "localtime") == 0) {
		xml_key_number(xml, clock, "localtime", 1);
	} else if (offset != NULL && strcmp(offset, "variable") == 0) {
		domain_xml_key(xml, clock, "rtc_timeoffset", adjustment);
	}
	return 0;
}

static const struct {
	const char *element;
	int (*read)(struct domain_xml *xml, const xml_node *node);
} readers[] = {
	{ "name", xml_plain },		{ "uuid", xml_plain },
	{ "memory", xml_memory },	{ "currentMemory", xml_silent },
	{ "vcpu", xml_vcpu },		{ "os", xml_os },
	{ "bootloader", xml_plain },	{ "bootloader_args", xml_plain },
	{ "on_poweroff", xml_plain },	{ "on_reboot", xml_plain },
	{ "on_crash", xml_plain },	{ "cputune", xml_cputune },
	{ "clock", xml_clock },		{ "devices", domain_xml_devices },
	{ "title", xml_silent },	{ "description", xml_silent },
	{ "metadata", xml_silent },
};

static int xml_element(struct domain_xml *xml, const xml_node *node)
{
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(xml_name(node), readers[i].element) == 0) {
			return readers[i].read(xml, node);
		}
	}
	domain_xml_warn(xml, node, "<%.40s> is ignored: it has no meaning here", xml_name(node));
	return 0;
}

int domain_xml_convert(struct domain_xml *xml, const char *text, size_t bytes)
{
	const xml_node *node;
	int rc;

	xml->notes[0] = '\0';
	xml->line = 1;
	rc = xml_tree_read(&xml->tree, text, bytes);
	if (rc < 0) {
		snprintf(xml->notes, sizeof(xml->notes), "%s", xml->tree.message);
		return rc;
	}
	if (strcmp(xml_name(xml->tree.root), "domain") != 0) {
		return domain_xml_error(xml, xml->tree.root, "<%.40s> is no domain",
					xml_name(xml->tree.root));
	}
	if (!xml_attribute_is(&xml->tree, xml->tree.root, "type", "xen")) {
		return domain_xml_error(xml, xml->tree.root, "the domain's type is not 'xen'");
	}
	for (node = xml_first(xml->tree.root); node != NULL && rc == 0; node = xml_next(node)) {
		rc = xml_element(xml, node);
	}
	if (rc == 0 && xml->tree.message[0] != '\0') {
		return domain_xml_error(xml, xml->tree.root, "%s", xml->tree.message);
	}
	return rc;
}
