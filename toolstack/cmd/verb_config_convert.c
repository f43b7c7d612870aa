// SPDX-License-Identifier: GPL-2.0-only
/*
 * config-convert: a configuration in the other form: libvirt's domain XML becomes xl.cfg, and the
 * other way round. Works anywhere: no domain and no hypervisor is asked, no file but this is read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/domain_config.h"
#include "lib/domain_xml.h"

enum convert_form {
	CONVERT_OTHER,	/* than the file has */
	CONVERT_XL,
	CONVERT_XML,
};

static void convert_warn(void *opaque, const char *text)
{
	verb_warn(opaque, NULL, "%s", text);
}

static int convert_print_xl(const struct domain_config *config, struct error *error)
{
	size_t bytes = domain_config_write(config, NULL, 0) + 1;
	char *text = malloc(bytes);

	if (text == NULL) {
		return error_set(error, ENOMEM, NULL, "no memory for the configuration");
	}
	domain_config_write(config, text, bytes);
	fputs(text, stdout);
	free(text);
	return 0;
}

static int convert(struct verb_context *context, const struct domain_config_source *source,
		   enum convert_form form)
{
	struct domain_config_warnings warnings = { convert_warn, context };
	static struct domain_config config;
	struct error error = { 0 };
	bool is_xml = false;
	int rc = domain_config_load_form(source, &config, &is_xml, &warnings, &error);

	if (form == CONVERT_OTHER) {
		form = is_xml ? CONVERT_XL : CONVERT_XML;
	}
	if (rc == 0) {
		rc = form == CONVERT_XL ? convert_print_xl(&config, &error) :
		     domain_xml_write(stdout, &config, &warnings, &error);
	}
	return rc < 0 ? verb_fail(context, NULL, &error) : VERB_DONE;
}

static int convert_run(struct verb_context *context, int argc, char **argv)
{
	struct domain_config_source source = { 0 };
	enum convert_form form = CONVERT_OTHER;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--to=xl") == 0) {
			form = CONVERT_XL;
		} else if (strcmp(argv[i], "--to=xml") == 0) {
			form = CONVERT_XML;
		} else {
			return verb_usage(context, "unknown option '%s'", argv[i]);
		}
	}
	if (i >= argc) {
		return verb_usage(context, "a configuration file is missing");
	}
	source.path = argv[i];
	source.overrides = argv + i + 1;
	source.count = (size_t)(argc - i - 1);
	return convert(context, &source, form);
}

const struct verb verb_config_convert = {
	.name = "config-convert",
	.usage = "[--to=xl|xml] CONFIG [KEY=VALUE...]",
	.summary = "print a configuration as libvirt's domain XML, or XML as xl.cfg",
	.details = "  --to=xl|xml   the form to print; without it the one that the file has not\n",
	.run = convert_run,
};
