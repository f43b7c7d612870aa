/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claim: the control ABI's reports go to the log between a first and a last line, never more lines than
 * were asked for, whatever the caller's domain has set up and whatever stands in the places where the
 * progress of a call is kept; keys and numbers of lines that do not exist are refused. Parameters are
 * set all or none, and what is wrong is told in words [CONTROL_SYS_REPORT].
 */
#include <public/control.h>
#include <public/event_channel.h>
#include <public/hypercall.h>
#include "case.h"
#include "hypercall.h"
#include "string.h"

#define PORTS 300
#define LOG_BYTES 8192

static char log[LOG_BYTES + 1];
static uint64_t log_pos;
static struct control_report answer;
static struct control_parameters words;

static long sys(struct control_sys *op, uint32_t cmd)
{
	op->version = CONTROL_VERSION;
	op->cmd = cmd;
	return hypercall_sysctl(op);
}

/* What the log has got since the last call. */
static uint64_t read_log(void)
{
	struct control_sys op = { .u.log = { .buffer = (uint64_t)log, .bytes = LOG_BYTES, .pos = log_pos } };

	memset(log, 0, sizeof(log));
	EXPECT_EQ(sys(&op, CONTROL_SYS_READ_LOG), 0);
	log_pos = op.u.log.pos;
	return op.u.log.bytes;
}

static void drain_log(void)
{
	while (read_log() == LOG_BYTES) {
	}
}

static unsigned int count(const char *text)
{
	unsigned int found = 0;
	const char *at;

	for (at = log; *at; at++) {
		found += strncmp(at, text, strlen(text)) == 0;
	}
	return found;
}

static long report_from(struct control_report from)
{
	struct control_sys op = { .u.report = from };
	long rc = sys(&op, CONTROL_SYS_REPORT);

	answer = op.u.report;
	return rc;
}

static long report(char key, uint32_t lines)
{
	return report_from((struct control_report){ .key = (uint8_t)key, .lines = lines });
}

static void check_keys(void)
{
	const char *key;
	char first[] = "] report ?: ", end[] = "] report ?: end\n";

	for (key = "h" CONTROL_REPORT_ALL; *key; key++) {
		drain_log();
		EXPECT_EQ(report(*key, 80), 0);
		EXPECT_EQ(answer.domain | answer.item | answer.share, 0);
		EXPECT(answer.lines > 0 && answer.lines < 80);
		read_log();
		first[9] = end[9] = *key;
		EXPECT_EQ(count(first), 2);
		EXPECT_EQ(count(end), 1);
		EXPECT_EQ(count("\n"), 80 - answer.lines + 2);
	}
	drain_log();
	EXPECT_EQ(report('q', 80), 0);
	read_log();
	EXPECT_EQ(count("] d0v0: running"), 1);
}

static void check_refused(void)
{
	drain_log();
	EXPECT_EQ(report('Q', 80), -XEN_ENOENT);
	EXPECT_EQ(report(0, 80), -XEN_ENOENT);
	EXPECT_EQ(report('q', 0), -XEN_EINVAL);
	EXPECT_EQ(report('q', CONTROL_REPORT_LINES + 1), -XEN_EINVAL);
	EXPECT_EQ(report('q', ~0U), -XEN_EINVAL);
	EXPECT_EQ(report_from((struct control_report){ .key = 'q' | 0x100, .lines = 80 }), -XEN_ENOENT);
	read_log();
	EXPECT_EQ(count("] report"), 0);
}

static void check_forged(void)
{
	static const uint32_t odd[] = { 1, 2, 63, 511, 512, 0x7fef, 0x7ff0, 0xffff, 0x80000000, ~0U };
	unsigned int i, j;
	const char *key;

	for (key = CONTROL_REPORT_ALL; *key; key++) {
		for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
			for (j = 1; j < 8; j++) {
				struct control_report r = { .key = (uint8_t)*key, .lines = 40 };

				r.domain = j & 1 ? odd[i] : 0;
				r.item = j & 2 ? odd[i] : 0;
				r.share = j & 4 ? odd[i] : 0;
				drain_log();
				EXPECT_EQ(report_from(r), 0);
				read_log();
				EXPECT(count("\n") <= 42);
			}
		}
	}
}

/* More than a report has room for. */
static void check_bounds(void)
{
	static uint32_t ports[PORTS];
	struct evtchn_close closing;
	unsigned int i;

	for (i = 0; i < PORTS; i++) {
		struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };

		EXPECT_EQ(hypercall_two(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uint64_t)&alloc), 0);
		ports[i] = alloc.port;
	}
	drain_log();
	EXPECT_EQ(report('e', 60), 0);
	read_log();
	EXPECT_EQ(count("  d0 port "), 29); /* half of what its first line has left */
	EXPECT_EQ(count("more ports, left out"), 1);
	EXPECT_EQ(count("report e: end"), 1);
	EXPECT_EQ(report('e', 10), 0);
	EXPECT_EQ(answer.lines, 0);
	read_log();
	EXPECT_EQ(count("\n"), 12);
	EXPECT_EQ(count("report e: cut here"), 1);
	for (i = 0; i < PORTS; i++) {
		closing.port = ports[i];
		EXPECT_EQ(hypercall_two(__HYPERVISOR_event_channel_op, EVTCHNOP_close, (uint64_t)&closing), 0);
	}
}

static long set(const char *text)
{
	struct control_sys op = { 0 };
	long rc;

	memcpy(op.u.parameters.text, text, strlen(text));
	rc = sys(&op, CONTROL_SYS_SET_PARAMETERS);
	words = op.u.parameters;
	return rc;
}

static void check_parameters(void)
{
	struct control_sys open;

	drain_log();
	EXPECT_EQ(set("loglvl=debug  guest_loglvl=none noreboot"), 0);
	read_log();
	EXPECT_EQ(count("parameters changed: loglvl=debug  guest_loglvl=none noreboot\n"), 1);
	EXPECT_EQ(set("noreboot=no"), 0);
	drain_log();
	EXPECT_EQ(set("loglvl=loud"), -XEN_EINVAL);
	EXPECT_EQ(strcmp(words.text, "loglvl expects error, warning, info, debug or all, not 'loud'"), 0);
	EXPECT_EQ(set("loglvl=none"), -XEN_EINVAL);
	EXPECT_EQ(set("frob"), -XEN_ENOENT);
	EXPECT_EQ(strcmp(words.text, "frob is not known; there are loglvl, guest_loglvl and noreboot"), 0);
	EXPECT_EQ(set("loglvl=all dom0_mem=64M"), -XEN_EOPNOTSUPP);
	EXPECT_EQ(strcmp(words.text, "dom0_mem can be given at boot only"), 0);
	EXPECT_EQ(set(" "), -XEN_ENODATA);
	memset(&open, 'x', sizeof(open));
	EXPECT_EQ(sys(&open, CONTROL_SYS_SET_PARAMETERS), -XEN_ENODATA);
	EXPECT_EQ(set("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=x"),
		  -XEN_ENOENT);
	read_log();
	EXPECT_EQ(count("parameters changed"), 0);
	EXPECT_EQ(set("loglvl=all guest_loglvl=all"), 0);
}

static void run(void)
{
	struct control_sys op = { 0 };

	if (sys(&op, CONTROL_SYS_CHANGES) != 0) {
		SKIP("this hypervisor does not have Lamina's control ABI");
	}
	check_keys();
	check_refused();
	check_forged();
	check_bounds();
	check_parameters();
}

CASE(run, 0);
