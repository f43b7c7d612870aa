// SPDX-License-Identifier: GPL-2.0-only
/*
 * CONTROL_SYS_REPORT (lam debug-keys) and CONTROL_SYS_SET_PARAMETERS. Who asks has to read the log, which is small: the number of lines
 * is part of the request, so that a host with many domains does not push out what was asked for.
 */
#include "core/refusal.h"
#include "core/vcpu.h"
#include "hypercall/control.h"
#include "hypercall/hypercall.h"
#include "hypercall/report.h"
#include "lib/errno.h"
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/guest_copy.h"
#include "mm/page_type.h"
#include "x86/boot_params.h"
#include "x86/pcpu.h"

#define LINE_BYTES 192
#define LEAST_SHARE 16u

static bool report_h(struct control_report *r);

static const struct report_kind kinds[] = {
	{ 'h', "keys", report_h },
	{ 'q', "domains and their vCPUs", report_q },
	{ 'm', "memory", report_m },
	{ 'r', "queues of the scheduler", report_r },
	{ 'e', "event channels", report_e },
	{ 'g', "grants in use", report_g },
	{ 't', "clock and timers", report_t },
	{ 'd', "registers of vCPUs as they stopped last", report_d },
};

static void write_line(struct control_report *r, const char *fmt, va_list ap)
{
	char line[LINE_BYTES];

	if (r->lines) {
		r->lines--;
		printf_vformat(line, sizeof(line), fmt, ap);
		log_answer("%s", line);
	}
}

void report_line(struct control_report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(r, fmt, ap);
	va_end(ap);
}

/* Half of what is left: one domain with thousands of ports does not keep others out. */
void report_share(struct control_report *r)
{
	r->share = MAX(r->lines / 2, LEAST_SHARE);
}

bool report_share_line(struct control_report *r, const char *fmt, ...)
{
	va_list ap;

	if (!r->share) {
		return false;
	}
	r->share--;
	va_start(ap, fmt);
	write_line(r, fmt, ap);
	va_end(ap);
	return true;
}

bool report_domains(struct control_report *r, bool (*part)(struct domain *d, struct control_report *r))
{
	struct domain *d = domain_get_next(r->domain);

	if (!d) {
		return true;
	}
	if (d->id.v != r->domain) {
		r->domain = d->id.v;
		r->item = 0;
	}
	if (part(d, r)) {
		r->domain++;
		r->item = 0;
	}
	domain_put(d);
	return false;
}

static bool report_h(struct control_report *r)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		report_line(r, "  %c  %s", kinds[i].key, kinds[i].what);
	}
	return true;
}

static const struct report_kind *find(u32 key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if ((u8)kinds[i].key == key) {
			return &kinds[i];
		}
	}
	return NULL;
}

s64 control_report(struct control_sys *c, gva_t arg)
{
	struct control_report *r = &c->u.report;
	const struct report_kind *kind = find(r->key);

	if (!kind) {
		return refuse(current_vcpu()->domain, -ENOENT, "control: report", "no such key", r->key, 0);
	}
	if (!r->lines || r->lines > CONTROL_REPORT_LINES) {
		return refuse(current_vcpu()->domain, -EINVAL, "control: report", "no lines, or too many", r->lines, 0);
	}
	if (!r->domain && !r->item && !r->share) {
		log_answer("report %c: %s", kind->key, kind->what);
	}
	while (r->lines && !kind->step(r)) {
		if (r->lines && hypercall_should_preempt()) {
			return guest_copy_out(arg, c, sizeof(*c)) ? -EFAULT : -ERESTART;
		}
	}
	log_answer("report %c: %s", kind->key, r->lines ? "end" : "cut here");
	r->domain = r->item = r->share = 0;
	return 0;
}

s64 control_set_parameters(struct control_sys *c, gva_t arg)
{
	char *text = c->u.parameters.text;
	char words[sizeof(c->u.parameters.text)];
	int err;

	memcpy(words, text, sizeof(words));
	if (words[sizeof(words) - 1]) {
		return refuse(current_vcpu()->domain, -ENODATA, "control: set parameters", "the words do not end", 0, 0);
	}
	memset(text, 0, sizeof(words));
	err = boot_params_change(words, text, sizeof(words));
	if (err) {
		return guest_copy_out(arg, c, sizeof(*c)) ? -EFAULT : err;
	}
	log_answer("parameters changed: %s", words);
	return 0;
}
