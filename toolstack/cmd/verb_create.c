// SPDX-License-Identifier: GPL-2.0-only
/*
 * create: reads a configuration, builds the domain and starts it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"
#include "cmd/verb.h"
#include "cmd/verbs.h"
#include "lib/domain_config.h"
#include "lib/domain_defaults.h"
#include "lib/domain_report.h"
#include "lib/json.h"
#include "lib/run_lock.h"

#define CREATE_MAX_OVERRIDES 256

struct create_arguments {
	struct domain_create_options options;
	bool console;
	bool quiet;
	char *overrides[CREATE_MAX_OVERRIDES];
	struct domain_config_source source;
};

static void create_warn(void *opaque, const char *text)
{
	verb_warn(opaque, NULL, "%s", text);
}

static void create_notice(void *opaque, const char *text)
{
	const struct verb_context *context = opaque;

	fprintf(stderr, "%s create: %s\n", context->program, text);
}

static void create_progress(void *opaque, uint64_t done, uint64_t total)
{
	(void)opaque;
	terminal_progress("unpacking", done, total);
}

static bool create_take_word(struct create_arguments *arguments, const char *word)
{
	static const struct {
		const char *long_name;
		const char *letters;
	} words[] = {
		{ "--dryrun", "n" }, { "--dry-run", "n" }, { "--quiet", "q" }, { "--paused", "p" },
		{ "--console", "c" },
	};
	const char *letters = word + 1;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].long_name) == 0) {
			letters = words[i].letters;
		}
	}
	if (*letters == '\0' || letters[strspn(letters, "cpnqFe")] != '\0') {
		return false;
	}
	arguments->console |= strchr(letters, 'c') != NULL;
	arguments->options.paused |= strchr(letters, 'p') != NULL;
	arguments->options.dry_run |= strchr(letters, 'n') != NULL;
	arguments->quiet |= strchr(letters, 'q') != NULL;
	return true;
}

/* VERB_DONE when the arguments make sense. */
static int create_arguments(const struct verb_context *context, int argc, char **argv,
			    struct create_arguments *out)
{
	int i;

	out->source.overrides = out->overrides;
	for (i = 1; i < argc; i++) {
		bool names_file = strcmp(argv[i], "-f") == 0 || strcmp(argv[i], "--defconfig") == 0;

		if (names_file && i + 1 < argc && out->source.path == NULL) {
			out->source.path = argv[++i];
		} else if (strncmp(argv[i], "--defconfig=", 12) == 0 && out->source.path == NULL) {
			out->source.path = argv[i] + 12;
		} else if (argv[i][0] == '-') {
			if (!create_take_word(out, argv[i])) {
				return verb_usage(context, "unknown option '%s'", argv[i]);
			}
		} else if (strchr(argv[i], '=') != NULL) {
			if (out->source.count == CREATE_MAX_OVERRIDES) {
				return verb_usage(context, "too many key=value arguments");
			}
			out->overrides[out->source.count++] = argv[i];
		} else if (out->source.path == NULL) {
			out->source.path = argv[i];
		} else {
			return verb_usage(context, "'%s' is one argument too many", argv[i]);
		}
	}
	if (out->source.path == NULL) {
		return verb_usage(context, "a configuration file is missing");
	}
	if (context->format != VERB_FORMAT_TEXT && !out->options.dry_run) {
		return verb_usage(context, "--json and --format go with -n only");
	}
	return VERB_DONE;
}

/* What the domain would be, for programs: as `list -l` shows it, without a number. */
static int create_report(const struct verb_context *context, const struct domain_config *config)
{
	struct domain_report report = { .config = config };
	struct json json;

	if (context->format == VERB_FORMAT_SXP) {
		domain_report_sxp(stdout, &report);
		return VERB_DONE;
	}
	json_start(&json, stdout);
	domain_report_json(&json, &report);
	return verb_finish_json(context, &json, VERB_DONE);
}

static int create_say(const struct verb_context *context, const struct create_arguments *arguments,
		      const struct domain_config *config, uint16_t domid)
{
	if (arguments->options.dry_run) {
		if (context->is_xl || context->format != VERB_FORMAT_TEXT) {
			return create_report(context, config);
		}
		if (!arguments->quiet) {
			printf("%s: the configuration is good\n", config->name);
		}
		return VERB_DONE;
	}
	if (!arguments->quiet && !context->is_xl) {
		printf("created %s as domain %u%s\n", config->name, domid,
		       arguments->options.paused ? ", paused" : "");
	}
	if (!run_lock_is_held("lamd")) {
		verb_warn(context, config->name, "lamd is not running: on_poweroff, on_reboot and "
			  "on_crash will not be acted on");
	}
	return VERB_DONE;
}

static int create_and_attach(struct verb_context *context, struct create_arguments *arguments,
			     struct domain_config *config, struct control *control)
{
	struct error error = { 0 };
	struct domain_ref ref = { 0 };
	int status;

	if (terminal_is_live(context, stderr) && !arguments->quiet) {
		arguments->options.progress = create_progress;
		arguments->options.notice = create_notice;
		arguments->options.notice_context = context;
	}
	if (domain_create(control, config, &arguments->options, &ref.domid, &error) < 0) {
		return verb_fail(context, config->name, &error);
	}
	status = create_say(context, arguments, config, ref.domid);
	if (status == VERB_DONE && arguments->console && !arguments->options.dry_run) {
		strcpy(ref.name, config->name);
		status = verb_attach_console(context, &ref);
	}
	return status;
}

static int create_run(struct verb_context *context, int argc, char **argv)
{
	static struct create_arguments arguments;
	static struct domain_config config;
	struct domain_defaults defaults;
	struct domain_config_warnings warnings = { create_warn, context };
	struct control control = { 0 };
	struct error error = { 0 };
	int status = create_arguments(context, argc, argv, &arguments);

	if (status != VERB_DONE) {
		return status;
	}
	arguments.source.defaults = &defaults;
	if (domain_defaults_load(&defaults, &warnings, &error) < 0 ||
	    domain_config_load(&arguments.source, &config, &warnings, &error) < 0) {
		return verb_fail(context, NULL, &error);
	}
	if (context->is_xl && defaults.prints_sxp) {
		context->format = VERB_FORMAT_SXP;
	}
	if (!arguments.options.dry_run) {
		status = verb_open_control(context, &control);
	}
	if (status == VERB_DONE) {
		status = create_and_attach(context, &arguments, &config, &control);
	}
	control_close(&control);
	return status;
}

const struct verb verb_create = {
	.name = "create",
	.usage = "[-c] [-p] [-n [--json]] [-q] CONFIG [KEY=VALUE...]",
	.summary = "create a domain from a configuration and start it",
	.details = "  -c   attach to its console\n"
		   "  -p   leave it paused\n"
		   "  -n   check everything, create nothing; --json: print what the domain would be\n"
		   "  -q   print no message of success\n"
		   "  KEY=VALUE overrides what the file says\n",
	.run = create_run,
	.formats = VERB_HAS_JSON | VERB_HAS_SXP,
};
