/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain with its configuration, as the long forms of list and the dry run of create print it:
 * JSON with the keys that readers of `xl list -l` know, or an s-expression as xm and older cluster
 * managers read it.
 *
 * Words follow xl: memory in KiB under "_memkb", truth values of newer fields as "True", actions
 * with underscores.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_REPORT_H
#define TOOLSTACK_LIB_DOMAIN_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/domain_config.h"

struct control_info;
struct json;

struct domain_report {
	const struct domain_config *config;	/* name and uuid are there always */
	const struct control_info *info;	/* NULL: there is no such domain yet */
	const char *state;			/* xl's letters; with info only */
};

/* One map: domid, config, and what is known of the running domain. */
void domain_report_json(struct json *json, const struct domain_report *report);
void domain_report_sxp(FILE *out, const struct domain_report *report);

#endif
