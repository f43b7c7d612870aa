// SPDX-License-Identifier: GPL-2.0-only
/*
 * lam-domain-xml BYTES: reads libvirt's domain XML, BYTES bytes on descriptor 0, and writes the
 * xl configuration that says the same on descriptor 1. Warnings are lines on descriptor 2.
 *
 * It exists so that no XML parser runs with privileges, or inside a program that has any. Exit
 * status: 0 done, 1 refused (one line on descriptor 2), 2 usage.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "helpers/confine.h"
#include "helpers/domain_xml.h"

#define XML_MEMORY_BYTES (256ul << 20)
#define XML_CPU_SECONDS 20
#define XML_OUTPUT_BYTES (4ul << 20)

static int xml_read_all(char *text, size_t bytes)
{
	size_t have = 0;
	ssize_t n;

	while (have < bytes && (n = pread(STDIN_FILENO, text + have, bytes - have, (off_t)have)) > 0) {
		have += (size_t)n;
	}
	return have == bytes ? 0 : -EIO;
}

static int xml_write_all(const char *text, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes && (n = write(STDOUT_FILENO, text + done, bytes - done)) > 0) {
		done += (size_t)n;
	}
	return done == bytes ? 0 : -EIO;
}

static int xml_run(struct domain_xml *xml, char *text, size_t bytes)
{
	char *config = NULL;
	size_t length = 0;
	int rc = xml_read_all(text, bytes);

	xml->out = open_memstream(&config, &length);
	if (rc < 0 || xml->out == NULL) {
		strcpy(xml->notes, "the text cannot be read");
		return -EIO;
	}
	rc = domain_xml_convert(xml, text, bytes);
	if (fclose(xml->out) != 0 || (rc == 0 && xml_write_all(config, length) < 0)) {
		strcpy(xml->notes, "there is no space for the configuration");
		return -ENOSPC;
	}
	return rc;
}

int main(int argc, char **argv)
{
	static struct domain_xml xml;
	struct confine_limits limits = { XML_MEMORY_BYTES, XML_CPU_SECONDS, XML_OUTPUT_BYTES };
	size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	char *text = bytes != 0 && bytes <= XML_TREE_MAX_BYTES ? malloc(bytes) : NULL;
	int rc;

	if (text == NULL) {
		confine_complain("usage: lam-domain-xml BYTES <domain.xml >domain.cfg\n");
		return 2;
	}
	xmlInitParser();
	if (confine(&limits) < 0) {
		confine_complain("the privileges of the helper cannot be dropped\n");
		return 1;
	}
	rc = xml_run(&xml, text, bytes);
	confine_complain(xml.notes);
	_exit(rc == 0 ? 0 : 1);
}
