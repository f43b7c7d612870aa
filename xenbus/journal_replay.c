// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a journal back. The tree is changed by the same code that changed it first, for the same
 * subjects in the same order, so that owners and inherited permissions come out the same; quotas
 * are off meanwhile, because they allowed it then. What concerns connections is collected.
 *
 * The file is our own, but it is checked like a stranger's: a record that does not fit ends the
 * replay with what was good before it.
 */
#include <errno.h>
#include <string.h>

#include "toolstack/sys/log.h"
#include "xenbus/journal.h"
#include "xenbus/journal_file.h"
#include "xenbus/node.h"
#include "xenbus/path.h"
#include "xenbus/restored.h"
#include "xenbus/store.h"
#include "xenbus/view.h"
#include "xenbus/wire.h"

struct replay {
	struct store *store;
	struct restored **restored;
	const struct journal_record *record;
	const char *data;
	size_t bytes;
};

/* Copies @bytes off the front of the record. */
static bool replay_take(struct replay *replay, void *to, size_t bytes)
{
	if (bytes > replay->bytes) {
		return false;
	}
	memcpy(to, replay->data, bytes);
	replay->data += bytes;
	replay->bytes -= bytes;
	return true;
}

static bool replay_take_entries(struct replay *replay, size_t bytes, struct perms **perms)
{
	struct perms_entry entries[PERMS_MAX_ENTRIES];
	size_t count = bytes / sizeof(entries[0]);
	size_t i;

	if (count == 0 || count > PERMS_MAX_ENTRIES || bytes % sizeof(entries[0]) != 0 ||
	    !replay_take(replay, entries, bytes)) {
		return false;
	}
	for (i = 0; i < count; i++) {
		if (entries[i].domid >= PERMS_DOMIDS) {
			return false;
		}
	}
	*perms = perms_create(entries, (uint32_t)count, ++replay->store->tally.generation);
	return *perms != NULL;
}

static bool replay_change(struct replay *replay)
{
	struct store *store = replay->store;
	struct journal_change record;
	struct change change = { 0 };
	struct subject subject;
	char path[PATH_BYTES];
	bool is_good = true;
	int rc;

	if (!replay_take(replay, &record, sizeof(record)) || record.path_bytes == 0 ||
	    record.path_bytes > sizeof(path) || !replay_take(replay, path, record.path_bytes) ||
	    path[record.path_bytes - 1] != '\0' || !path_is_valid(path) ||
	    record.kind > CHANGE_SET_PERMS || record.data_bytes > replay->bytes) {
		return false;
	}
	change.kind = (enum change_kind)record.kind;
	change.path = path;
	subject = (struct subject){ replay->record->domid, record.target, record.is_privileged };
	if (change.kind == CHANGE_SET_PERMS) {
		is_good = replay_take_entries(replay, record.data_bytes, &change.perms);
	} else if (record.data_bytes != 0) {
		change.value = value_create(replay->data, record.data_bytes);
		is_good = change.value != NULL;
	}
	if (is_good) {
		rc = view_apply(&store->live, &subject, &change);
		if (rc < 0) {
			log_error("journal: %s: a change that was made is refused now (%d)", path, -rc);
		}
	}
	change_release(&change);
	return is_good;
}

static bool replay_special(struct replay *replay)
{
	struct perms *perms;

	if (replay->record->domid >= STORE_SPECIALS ||
	    !replay_take_entries(replay, replay->bytes, &perms)) {
		return false;
	}
	store_set_special_perms(replay->store, (enum store_special)replay->record->domid, perms);
	return true;
}

static bool replay_quota(struct replay *replay)
{
	uint32_t value;

	if (replay->record->domid >= QUOTA_COUNT || !replay_take(replay, &value, sizeof(value))) {
		return false;
	}
	replay->store->quota.limit[replay->record->domid] = value;
	replay->store->quota.changed |= 1u << replay->record->domid;
	return true;
}

static bool replay_death(struct replay *replay)
{
	struct restored *each;

	store_void_domain(replay->store, replay->record->domid);
	for (each = *replay->restored; each != NULL; each = each->next) {
		if (each->domid == replay->record->domid) {
			each->flags = 0;
		}
		if (each->target == replay->record->domid) {
			each->target = PERMS_NO_DOMID;
		}
	}
	return true;
}

static bool replay_watch(struct replay *replay, struct restored *restored)
{
	uint64_t prefix = 0;
	const char *strings[2];

	if (replay->record->kind == JOURNAL_WATCH &&
	    !replay_take(replay, &prefix, sizeof(prefix))) {
		return false;
	}
	if (wire_split_strings(replay->data, replay->bytes, strings, 2) != replay->bytes) {
		return false;
	}
	if (replay->record->kind == JOURNAL_WATCH) {
		return restored_add_watch(restored, strings[0], strings[1], prefix) == 0;
	}
	restored_remove_watch(restored, strings[0], strings[1]);
	return true;
}

static bool replay_transaction(struct replay *replay, struct restored *restored)
{
	uint32_t record[2];

	if (!replay_take(replay, record, sizeof(record))) {
		return false;
	}
	if (record[1] != 0) {
		return restored_add_transaction(restored, record[0]) == 0;
	}
	restored_remove_transaction(restored, record[0]);
	return true;
}

static bool replay_reset(struct replay *replay, struct restored *restored)
{
	uint32_t reset;

	if (!replay_take(replay, &reset, sizeof(reset))) {
		return false;
	}
	restored_forget_session(restored);
	if (reset != JOURNAL_RESET_WATCHES) {
		restored_forget_stream(restored);
	}
	if (reset == JOURNAL_RESET_RING) {
		restored->has_position = true;
		restored->req_cons = 0;
		restored->rsp_prod = 0;
	}
	return true;
}

static bool replay_introduce(struct replay *replay, struct restored *restored)
{
	struct journal_introduce record;

	if (!replay_take(replay, &record, sizeof(record))) {
		return false;
	}
	restored->is_introduced = true;
	restored->mfn = record.mfn;
	restored->port = record.port;
	memcpy(restored->handle, record.handle, sizeof(restored->handle));
	return true;
}

static bool replay_flags(struct replay *replay, struct restored *restored)
{
	uint32_t record[2];

	if (!replay_take(replay, record, sizeof(record))) {
		return false;
	}
	restored->flags = record[0];
	restored->target = (uint16_t)record[1];
	return true;
}

static bool replay_turn(struct replay *replay, struct restored *restored)
{
	struct journal_turn turn;
	size_t sent;

	if (!replay_take(replay, &turn, sizeof(turn)) || turn.input_bytes > replay->bytes ||
	    turn.output_bytes != replay->bytes - turn.input_bytes) {
		return false;
	}
	/* Bytes of the ring between two commits; a stream that begins has none before it. */
	sent = restored->has_position ? turn.rsp_prod - restored->rsp_prod : 0;
	restored->has_position = true;
	restored->req_cons = turn.req_cons;
	restored->rsp_prod = turn.rsp_prod;
	restored->has_overflowed = turn.has_overflowed;
	return restored_bytes_move(&restored->input, restored->input.count, replay->data,
				   turn.input_bytes) == 0 &&
	       restored_bytes_move(&restored->output, sent, replay->data + turn.input_bytes,
				   turn.output_bytes) == 0;
}

static bool replay_of_domain(struct replay *replay)
{
	struct restored *restored = restored_find(replay->restored, replay->record->domid);

	if (restored == NULL) {
		return false;
	}
	switch (replay->record->kind) {
	case JOURNAL_WATCH:
	case JOURNAL_UNWATCH:
		return replay_watch(replay, restored);
	case JOURNAL_TRANSACTION:
		return replay_transaction(replay, restored);
	case JOURNAL_RESET:
		return replay_reset(replay, restored);
	case JOURNAL_INTRODUCE:
		return replay_introduce(replay, restored);
	case JOURNAL_RELEASE:
		restored->is_introduced = false;
		restored_forget_session(restored);
		restored_forget_stream(restored);
		return true;
	case JOURNAL_FLAGS:
		return replay_flags(replay, restored);
	case JOURNAL_TURN:
		return replay_turn(replay, restored);
	default:
		return false;
	}
}

static bool replay_record(struct replay *replay)
{
	switch (replay->record->kind) {
	case JOURNAL_CHANGE:
		return replay->record->domid < PERMS_DOMIDS && replay_change(replay);
	case JOURNAL_SPECIAL:
		return replay_special(replay);
	case JOURNAL_QUOTA:
		return replay_quota(replay);
	case JOURNAL_DEATH:
		return replay->record->domid < PERMS_DOMIDS && replay_death(replay);
	default:
		return replay->record->domid < PERMS_DOMIDS && replay_of_domain(replay);
	}
}

/* The journal has all nodes: those of a new store go first. */
static void replay_empty_tree(struct store *store)
{
	static const struct subject dom0 = { 0, PERMS_NO_DOMID, true };

	while (store->live.root->children != NULL) {
		char path[PATH_BYTES] = "/";
		struct change change = { .kind = CHANGE_RM, .path = path };

		strcat(path, store->live.root->children->name);
		if (view_apply(&store->live, &dom0, &change) < 0) {
			return;
		}
		change_release(&change);
	}
}

void journal_replay(struct store *store, struct restored **restored)
{
	const struct journal_header *header = store->journal->header;
	const char *base = (const char *)header;
	struct replay replay = { .store = store, .restored = restored };
	size_t at = sizeof(*header);
	struct quota unlimited;
	unsigned int records = 0;
	bool is_good = true;

	memset(&unlimited, 0xff, sizeof(unlimited));
	store->tally.quota = &unlimited;
	replay_empty_tree(store);
	while (is_good && header->committed - at >= sizeof(struct journal_record)) {
		replay.record = (const struct journal_record *)(base + at);
		at += sizeof(*replay.record);
		replay.data = base + at;
		replay.bytes = replay.record->bytes;
		is_good = replay.bytes <= header->committed - at && replay_record(&replay);
		at += ((size_t)replay.record->bytes + 7) & ~(size_t)7;
		records++;
		if (at > header->committed) {
			break;
		}
	}
	store->tally.quota = &store->quota;
	if (!is_good) {
		log_error("journal %s: record %u at byte %zu is bad; the rest is ignored",
			  store->journal->path, records, at);
	}
	log_info("journal %s: %u records, %llu nodes", store->journal->path, records,
		 (unsigned long long)store_count_nodes(store));
}
