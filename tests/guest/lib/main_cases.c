/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * main_cases: runs the cases and prints one verdict for each.
 *
 * Command line words: `from=N` starts the batch at index N (after a case that took the domain
 * down), `case=NAME` runs one case whatever its flags, `list` only lists. Lines that the runner
 * reads: LIST index name flags; CASE name; VERDICT: pass|fail|error|skip reason; DONE.
 * The machine is rebooted at the end, which ends a QEMU that runs with -no-reboot.
 */
#include <public/sched.h>
#include "boot.h"
#include "case.h"
#include "event.h"
#include "string.h"
#include "trap.h"

extern const struct test_case kit_cases_start[], kit_cases_end[];

enum verdict { PASS, SKIPPED, FAIL, ERROR };

static enum verdict verdict;
static char reason[160];
static bool crash_expected;

/* The worst verdict wins; the first reason of that verdict is kept. */
static void conclude(enum verdict now, int line, const char *format, va_list args)
{
	char text[160];

	kit_vsnprintf(text, sizeof(text), format, args);
	if (line) {
		kprintf("  line %d: %s\n", line, text);
	}
	if (now > verdict) {
		verdict = now;
		if (line) {
			kit_snprintf(reason, sizeof(reason), " line %d: %s", line, text);
		} else {
			kit_snprintf(reason, sizeof(reason), " %s", text);
		}
	}
}

void case_fail(int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	conclude(FAIL, line, format, args);
	va_end(args);
}

void case_error(int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	conclude(ERROR, line, format, args);
	va_end(args);
}

void case_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	conclude(SKIPPED, 0, format, args);
	va_end(args);
}

void expect_crash(void)
{
	crash_expected = true;
	kprintf("EXPECT-CRASH\n");
}

/* The folder's name: what stands between the last two slashes. */
static void case_name(const struct test_case *c, char *name, unsigned int bytes)
{
	const char *end = c->file + strlen(c->file), *start;

	while (end > c->file && *--end != '/') {
	}
	for (start = end; start > c->file && start[-1] != '/'; start--) {
	}
	kit_snprintf(name, bytes, "%s", start);
	if ((unsigned long)(end - start) < bytes) {
		name[end - start] = 0;
	}
}

static void run_case(const struct test_case *c, const char *name)
{
	static const char *const words[] = { "pass", "skip", "fail", "error" };

	verdict = PASS;
	reason[0] = 0;
	kprintf("CASE %s\n", name);
	c->run();
	trap_set_hook(NULL);
	event_enable();
	if (crash_expected) {
		case_fail(__LINE__, "the domain is still alive");
	}
	kprintf("VERDICT: %s%s\n", words[verdict], reason);
}

void kit_main(void)
{
	const struct test_case *c;
	char only[64] = "", from[16] = "0", name[64];
	unsigned int first = 0;
	const char *digit;

	kit_option_value("case", only, sizeof(only));
	kit_option_value("from", from, sizeof(from));
	for (digit = from; *digit >= '0' && *digit <= '9'; digit++) {
		first = first * 10 + (unsigned int)(*digit - '0');
	}
	for (c = kit_cases_start; c < kit_cases_end; c++) {
		case_name(c, name, sizeof(name));
		kprintf("LIST %u %s %u\n", (unsigned int)(c - kit_cases_start), name, c->flags);
	}
	for (c = kit_cases_start; c < kit_cases_end && !kit_option("list"); c++) {
		case_name(c, name, sizeof(name));
		if (only[0] ? !strcmp(only, name) :
		    !c->flags && (unsigned int)(c - kit_cases_start) >= first) {
			run_case(c, name);
		}
	}
	kprintf("DONE\n");
	kit_shutdown(SHUTDOWN_reboot);
}
