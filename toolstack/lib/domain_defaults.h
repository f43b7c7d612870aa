/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operator's defaults: /etc/lamina/lam.conf, or when there is none /etc/xen/xl.conf, in the
 * grammar of configurations.
 *
 * Acted on are output_format, vif.default.bridge, vif.default.script, vif.default.gatewaydev and
 * max_grant_frames. What xl.conf may say besides and has no meaning here is accepted in silence; a
 * default back end outside dom0 is refused; unknown keys are warned about.
 *
 * Defaults of interfaces become the first parts of each interface's text, so whatever the
 * configuration itself says comes later and wins.
 */
#ifndef TOOLSTACK_LIB_DOMAIN_DEFAULTS_H
#define TOOLSTACK_LIB_DOMAIN_DEFAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/domain_config.h"

#define DOMAIN_DEFAULTS_PATH "/etc/lamina/lam.conf"
#define DOMAIN_DEFAULTS_XL_PATH "/etc/xen/xl.conf"

struct config;
struct error;

struct domain_defaults {
	char vif_parts[VIF_SPEC_BYTES / 2];	/* "bridge=br0,", or empty */
	uint32_t max_grant_frames;		/* 0: the hypervisor's */
	bool prints_sxp;			/* output_format = "sxp" */
};

/* Reads the first of the two files that there is; none is fine. @warnings may be NULL. */
int domain_defaults_load(struct domain_defaults *out,
			 const struct domain_config_warnings *warnings, struct error *error);
/* The same for a text; @source names it in errors. */
int domain_defaults_parse(struct domain_defaults *out, const struct config *config,
			  const struct domain_config_warnings *warnings, struct error *error);

/* Adds the defaults to a parsed configuration. */
int domain_defaults_apply(const struct domain_defaults *defaults, struct config *config,
			  struct error *error);

#endif
