// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reader of domain XML: what it accepts must be a configuration in form, and a domain
 * that comes of it must survive being written as XML and read again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/domain_xml.h"
#include "lib/config.h"
#include "lib/domain_config.h"
#include "lib/domain_xml.h"
#include "sys/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The configuration of an XML text, or NULL. */
static char *convert(const char *text, size_t bytes, size_t *length)
{
	static struct domain_xml xml;
	char *config = NULL;
	int rc;

	xml.out = open_memstream(&config, length);
	rc = domain_xml_convert(&xml, text, bytes);
	fclose(xml.out);
	xml_tree_release(&xml.tree);
	if (rc < 0 && xml.notes[0] == '\0') {
		abort();
	}
	if (rc < 0) {
		free(config);
		return NULL;
	}
	return config;
}

static int read_config(const char *text, size_t bytes, struct domain_config *out)
{
	struct error error = { 0 };
	struct config config = { .is_from_xml = true };
	int rc = config_parse(&config, "f", text, bytes, &error);

	if (rc < 0 && rc != -E2BIG && rc != -EFBIG) {
		abort();
	}
	if (rc == 0) {
		rc = domain_config_read(&config, out, NULL, NULL);
	}
	config_release(&config);
	return rc;
}

static void check_again(const struct domain_config *config)
{
	static struct domain_config again;
	char *xml = NULL, *text;
	size_t bytes, length;
	FILE *out = open_memstream(&xml, &bytes);
	int rc = domain_xml_write(out, config, NULL, NULL);

	fclose(out);
	if (rc == 0) {
		text = convert(xml, bytes, &length);
		if (text == NULL || read_config(text, length, &again) < 0 ||
		    strcmp(again.name, config->name) != 0 ||
		    again.memory_mib != config->memory_mib || again.vif_count != config->vif_count ||
		    again.disk_count != config->disk_count) {
			abort();
		}
		free(text);
	}
	free(xml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_config config;
	size_t length;
	char *text = convert((const char *)data, size, &length);

	if (text != NULL && read_config(text, length, &config) == 0) {
		check_again(&config);
	}
	free(text);
	return 0;
}
