// SPDX-License-Identifier: GPL-2.0-only
/*
 * CONTROL: what an operator asks the daemon itself. The first string is a command, the rest are
 * its arguments; the reply is text.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "toolstack/sys/log.h"
#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/journal.h"
#include "xenbus/refusals.h"
#include "xenbus/request.h"
#include "xenbus/store.h"
#include "xenbus/wire.h"

#define CONTROL_MAX_ARGUMENTS 4

struct control_call {
	const struct request *request;
	const char *arguments[CONTROL_MAX_ARGUMENTS];
	unsigned int count;
};

struct control_command {
	const char *name;
	const char *help;
	int (*run)(const struct control_call *call);
};

static int control_help(const struct control_call *call);

static int control_check(const struct control_call *call)
{
	char text[64];
	unsigned int wrong = store_check(call->request->store);

	if (wrong == 0) {
		request_reply_text(call->request, "OK");
	} else {
		snprintf(text, sizeof(text), "%u inconsistencies", wrong);
		log_error("check: %s", text);
		request_reply_text(call->request, text);
	}
	return 0;
}

static int control_quota(const struct control_call *call)
{
	struct quota *quota = &call->request->store->quota;
	char text[1024];
	size_t at = 0;
	int i, rc;

	if (call->count == 2) {
		rc = quota_set(quota, call->arguments[0], call->arguments[1]);
		if (rc >= 0) {
			quota->changed |= 1u << rc;
			journal_note_quota(call->request->store, (enum quota_kind)rc,
					   quota->limit[rc]);
			rc = 0;
			request_reply_text(call->request, "OK");
		}
		return rc;
	}
	if (call->count != 0) {
		return -EINVAL;
	}
	for (i = 0; i < QUOTA_COUNT; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s: %u\n",
				       quota_name((enum quota_kind)i), quota->limit[i]);
	}
	request_reply_text(call->request, text);
	return 0;
}

static int control_stat(const struct control_call *call)
{
	const struct store *store = call->request->store;
	const struct conn *conn = store->conns;
	uint32_t conns = 0, watches = 0, transactions = 0;
	uint64_t output = 0;
	char text[512];

	for (; conn != NULL; conn = conn->next) {
		conns++;
		watches += conn->watch_count;
		transactions += conn->transaction_count;
		output += conn->output_bytes;
	}
	snprintf(text, sizeof(text),
		 "requests: %" PRIu64 "\nnodes: %" PRIu64 "\ndomains: %u\nconnections: %u\n"
		 "watches: %u\ntransactions: %u\nunsent bytes: %" PRIu64 "\n",
		 store->requests, store_count_nodes(store), domain_count(store), conns, watches,
		 transactions, output);
	request_reply_text(call->request, text);
	return 0;
}

static int control_print(const struct control_call *call)
{
	if (call->count != 1) {
		return -EINVAL;
	}
	log_info("control: %s", call->arguments[0]);
	request_reply_text(call->request, "OK");
	return 0;
}

/* Room in a reply for one more line of usage. */
#define CONTROL_LINE_BYTES 80

struct control_usage {
	const struct store *store;
	uint32_t percent;
	char text[XENSTORE_PAYLOAD_MAX];
	size_t at;
};

static void control_add_usage(struct control_usage *usage, uint32_t domid, enum quota_kind kind,
			      uint64_t used)
{
	uint32_t limit = usage->store->quota.limit[kind];

	if (used != 0 && used * 100 >= (uint64_t)limit * usage->percent &&
	    usage->at + CONTROL_LINE_BYTES < sizeof(usage->text)) {
		usage->at += (size_t)snprintf(usage->text + usage->at, CONTROL_LINE_BYTES,
					      "%u %s %" PRIu64 " %u\n", domid, quota_name(kind), used,
					      limit);
	}
}

/* Which domains use at least so many percent of a limit: "<domid> <limit's name> <used> <limit>". */
static int control_usage(const struct control_call *call)
{
	struct control_usage usage = { .store = call->request->store };
	const struct conn *conn = usage.store->conns;
	uint16_t percent;
	uint32_t domid;

	if (call->count != 1 || request_domid(call->arguments[0], &percent) < 0) {
		return -EINVAL;
	}
	usage.percent = percent;
	for (domid = 1; domid < PERMS_DOMIDS; domid++) {
		control_add_usage(&usage, domid, QUOTA_NODES, usage.store->tally.nodes[domid]);
	}
	for (; conn != NULL; conn = conn->next) {
		if (!conn->subject.is_privileged) {
			domid = conn->subject.domid;
			control_add_usage(&usage, domid, QUOTA_WATCHES, conn->watch_count);
			control_add_usage(&usage, domid, QUOTA_TRANSACTIONS, conn->transaction_count);
			control_add_usage(&usage, domid, QUOTA_OUTSTANDING_BYTES, conn->output_bytes);
		}
	}
	request_reply_text(call->request, usage.text);
	return 0;
}

static int control_refusals(const struct control_call *call)
{
	char text[XENSTORE_PAYLOAD_MAX];
	uint16_t domid;
	int rc = call->count == 1 ? request_domid(call->arguments[0], &domid) : -EINVAL;

	if (rc == 0) {
		refusals_format(&call->request->store->refusals, domid, text, sizeof(text));
		request_reply_text(call->request, text);
	}
	return rc;
}

static const struct control_command control_commands[] = {
	{ "check", "recounts the tree: OK, or how much is wrong", control_check },
	{ "help", "this list", control_help },
	{ "print", "<text>: writes a line to the daemon's log", control_print },
	{ "quota", "[<name> <value>]: shows the limits or sets one", control_quota },
	{ "refusals", "<domid>: what the domain was refused lately, and why", control_refusals },
	{ "stat", "requests, nodes, domains, connections, watches", control_stat },
	{ "usage", "<percent>: domains that use so much of a limit", control_usage },
};

#define CONTROL_COMMANDS (sizeof(control_commands) / sizeof(control_commands[0]))

static int control_help(const struct control_call *call)
{
	char text[1024];
	size_t at = 0;
	size_t i;

	for (i = 0; i < CONTROL_COMMANDS; i++) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\t%s\n",
				       control_commands[i].name, control_commands[i].help);
	}
	request_reply_text(call->request, text);
	return 0;
}

int request_control(const struct request *request)
{
	struct control_call call = { .request = request };
	const char *name;
	size_t at = wire_split_strings(request->payload, request->bytes, &name, 1);
	size_t i;

	if (at == 0) {
		return -EINVAL;
	}
	call.count = wire_count_strings(request->payload + at, request->bytes - at);
	if (call.count > CONTROL_MAX_ARGUMENTS) {
		return -EINVAL;
	}
	wire_split_strings(request->payload + at, request->bytes - at, call.arguments, call.count);
	for (i = 0; i < CONTROL_COMMANDS; i++) {
		if (strcmp(name, control_commands[i].name) == 0) {
			return control_commands[i].run(&call);
		}
	}
	return -EINVAL;
}
