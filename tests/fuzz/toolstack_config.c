// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes configurations: the input is the text of a file, and what follows its first NUL byte is one
 * key=value argument. An accepted configuration must survive being written and read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config.h"
#include "lib/domain_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_warning(void *context, const char *text)
{
	*(size_t *)context += strlen(text);
}

static int read_config(const char *text, size_t bytes, const char *argument,
		       struct domain_config *out)
{
	size_t warned = 0;
	struct domain_config_warnings warnings = { count_warning, &warned };
	struct config config = { 0 };
	int rc = config_parse(&config, "f", text, bytes, NULL);

	if (rc == 0 && argument != NULL) {
		rc = config_parse_override(&config, argument, NULL);
	}
	if (rc == 0) {
		rc = domain_config_read(&config, out, &warnings, NULL);
	}
	config_release(&config);
	return rc;
}

static void check_again(const struct domain_config *config)
{
	struct domain_config *again = calloc(1, sizeof(*again));
	static char text[DOMAIN_CONFIG_TEXT_BYTES];
	size_t length = domain_config_write(config, text, sizeof(text));

	if (length >= sizeof(text) || read_config(text, length, NULL, again) < 0 ||
	    memcmp(config, again, sizeof(*again)) != 0) {
		abort();
	}
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, 0, size);
	size_t bytes = nul != NULL ? (size_t)(nul - data) : size;
	struct domain_config *config = calloc(1, sizeof(*config));
	char *argument = NULL;

	if (nul != NULL) {
		argument = strndup((const char *)nul + 1, size - bytes - 1);
	}
	if (read_config((const char *)data, bytes, argument, config) == 0) {
		check_again(config);
	}
	free(argument);
	free(config);
	return 0;
}
