// SPDX-License-Identifier: GPL-2.0-only
/*
 * The store against a slow, obvious model: a flat list of nodes, rights by the book.
 *
 * Four domains do random requests on a small universe of paths; every answer must be the model's.
 * Transactions are checked for serialisability: when one commits, all its requests are done again
 * on the model as it is then, and every answer, reads included, must be what the client got.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "xenbus/conn.h"

#define MODEL_NODES 400
#define MODEL_PERMS 4
#define MODEL_OPS 64

struct model_node {
	char path[16];
	char value[8];
	unsigned int perms;
	struct { char right; int domid; } perm[MODEL_PERMS];
};

struct model {
	unsigned int count;
	struct model_node nodes[MODEL_NODES];
};

enum op_kind { OP_READ, OP_DIRECTORY, OP_GET_PERMS, OP_WRITE, OP_MKDIR, OP_RM, OP_SET_PERMS };

struct op {
	enum op_kind kind;
	int domid;
	char path[16];
	char text[32]; /* value or permissions */
	int rc;
	char answer[4097];
	size_t bytes;
};

static unsigned int model_seed = 1;

static unsigned int model_random(unsigned int below)
{
	model_seed = model_seed * 1103515245u + 12345u;
	return (model_seed >> 16) % below;
}

static struct model_node *model_find(struct model *m, const char *path)
{
	unsigned int i;

	for (i = 0; i < m->count; i++) {
		if (strcmp(m->nodes[i].path, path) == 0) {
			return &m->nodes[i];
		}
	}
	return NULL;
}

static void model_parent(const char *path, char *parent)
{
	char *slash;

	memmove(parent, path, strlen(path) + 1);
	slash = strrchr(parent, '/');
	slash[slash == parent ? 1 : 0] = '\0';
}

static bool model_may(const struct model_node *node, int domid, char right)
{
	char granted = node->perm[0].right;
	unsigned int i;

	if (domid == 0 || node->perm[0].domid == domid) {
		return true;
	}
	for (i = 1; i < node->perms; i++) {
		if (node->perm[i].domid == domid) {
			granted = node->perm[i].right;
			break;
		}
	}
	return granted == 'b' || granted == right;
}

/* The node if @domid may; else 0 with the error that it may know. */
static struct model_node *model_access(struct model *m, int domid, const char *path, char right,
				       int *rc)
{
	struct model_node *node = model_find(m, path);
	char at[16];

	strcpy(at, path);
	*rc = 0;
	while (model_find(m, at) == NULL) {
		model_parent(at, at);
	}
	if (!model_may(model_find(m, at), domid, right)) {
		*rc = EACCES;
		return NULL;
	}
	*rc = node != NULL ? 0 : ENOENT;
	return node;
}

static void model_create(struct model *m, int domid, const char *path)
{
	char parent[16];
	struct model_node *node;

	if (model_find(m, path) != NULL) {
		return;
	}
	model_parent(path, parent);
	model_create(m, domid, parent);
	node = &m->nodes[m->count++];
	*node = *model_find(m, parent);
	strcpy(node->path, path);
	node->value[0] = '\0';
	if (domid != 0) {
		node->perm[0].domid = domid;
	}
}

static void model_remove(struct model *m, const char *path)
{
	size_t length = strlen(path);
	unsigned int i, kept = 0;

	for (i = 0; i < m->count; i++) {
		const char *p = m->nodes[i].path;

		if (strncmp(p, path, length) != 0 || (p[length] != '\0' && p[length] != '/')) {
			m->nodes[kept++] = m->nodes[i];
		}
	}
	m->count = kept;
}

static int model_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void model_list(struct model *m, const char *path, struct op *op)
{
	char *names[MODEL_NODES];
	unsigned int count = 0, i;
	char parent[16];

	for (i = 0; i < m->count; i++) {
		model_parent(m->nodes[i].path, parent);
		if (strcmp(parent, path) == 0 && strcmp(m->nodes[i].path, "/") != 0) {
			names[count++] = strrchr(m->nodes[i].path, '/') + 1;
		}
	}
	qsort(names, count, sizeof(names[0]), model_compare);
	for (i = 0; i < count; i++) {
		strcpy(op->answer + op->bytes, names[i]);
		op->bytes += strlen(names[i]) + 1;
	}
}

static void model_parse_perms(struct model_node *node, const char *text)
{
	node->perms = 0;
	for (; *text != '\0'; text += text[2] == ' ' ? 3 : 2) {
		node->perm[node->perms].right = text[0];
		node->perm[node->perms++].domid = text[1] - '0';
	}
}

static void model_do_read(struct model *m, struct op *op)
{
	struct model_node *node = model_access(m, op->domid, op->path, 'r', &op->rc);
	unsigned int i;

	if (node == NULL) {
		return;
	}
	if (op->kind == OP_READ) {
		strcpy(op->answer, node->value);
		op->bytes = strlen(node->value);
	} else if (op->kind == OP_DIRECTORY) {
		model_list(m, op->path, op);
	} else {
		for (i = 0; i < node->perms; i++) {
			op->bytes += 1u + (size_t)sprintf(op->answer + op->bytes, "%c%d",
							  node->perm[i].right, node->perm[i].domid);
		}
	}
}

static void model_do_change(struct model *m, struct op *op)
{
	struct model_node *node = model_access(m, op->domid, op->path, 'w', &op->rc);
	char parent[16];

	model_parent(op->path, parent);
	switch (op->kind) {
	case OP_WRITE:
	case OP_MKDIR:
		if (op->rc != EACCES) {
			op->rc = 0;
			model_create(m, op->domid, op->path);
			if (op->kind == OP_WRITE) {
				strcpy(model_find(m, op->path)->value, op->text);
			}
		}
		break;
	case OP_RM:
		if (op->rc == ENOENT && model_find(m, parent) != NULL) {
			op->rc = 0;
		} else if (node != NULL && strcmp(op->path, "/") == 0) {
			op->rc = EINVAL;
		} else if (node != NULL) {
			model_remove(m, op->path);
		}
		break;
	default:
		if (node == NULL) {
			break;
		}
		if (op->domid != 0 && node->perm[0].domid != op->domid) {
			op->rc = EACCES;
		} else if (op->domid != 0 && op->text[1] - '0' != op->domid) {
			op->rc = EPERM;
		} else {
			model_parse_perms(node, op->text);
		}
	}
}

static void model_do(struct model *m, struct op *op)
{
	op->rc = 0;
	op->bytes = 0;
	if (op->kind <= OP_GET_PERMS) {
		model_do_read(m, op);
	} else {
		model_do_change(m, op);
		if (op->rc == 0) {
			strcpy(op->answer, "OK");
			op->bytes = 3;
		}
	}
	if (op->rc != 0) {
		op->bytes = 0;
	}
}

static void random_op(struct op *op)
{
	unsigned int depth = model_random(4), i;

	op->kind = (enum op_kind)model_random(7);
	op->domid = (int)model_random(4);
	if (op->kind == OP_RM && model_random(3) != 0) {
		op->kind = OP_WRITE;
	}
	strcpy(op->path, depth == 0 ? "/" : "");
	for (i = 0; i < depth; i++) {
		sprintf(op->path + strlen(op->path), "/%c", 'a' + (int)model_random(4));
	}
	if (op->kind == OP_SET_PERMS) {
		op->text[0] = '\0';
		for (i = 0; i <= model_random(MODEL_PERMS); i++) {
			sprintf(op->text + strlen(op->text), "%s%c%u", i != 0 ? " " : "",
				"nrwb"[model_random(4)], model_random(4));
		}
	} else {
		sprintf(op->text, "%u", model_random(1000));
	}
}

static void store_do(struct peer *peer, uint32_t t, struct op *op)
{
	static const uint32_t types[] = { XS_READ, XS_DIRECTORY, XS_GET_PERMS, XS_WRITE, XS_MKDIR,
					  XS_RM };

	if (op->kind == OP_SET_PERMS) {
		op->rc = peer_set_perms(peer, t, op->path, op->text);
	} else if (op->kind == OP_WRITE) {
		op->rc = peer_write(peer, t, op->path, op->text);
	} else {
		op->rc = peer_ask(peer, types[op->kind], t, op->path, NULL);
	}
	op->bytes = op->rc == 0 ? peer->bytes : 0;
	memcpy(op->answer, peer->payload, op->bytes);
}

static void check_same(const struct op *got, const struct op *want)
{
	if (got->rc != want->rc || got->bytes != want->bytes ||
	    memcmp(got->answer, want->answer, got->bytes) != 0) {
		fail_msg("op %d dom %d %s '%s': store %d %zu, model %d %zu", got->kind, got->domid,
			 got->path, got->text, got->rc, got->bytes, want->rc, want->bytes);
	}
}

struct scene {
	struct store *store;
	struct peer *peers[4];
	struct model *model;
};

static int scene_setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	uint16_t i;

	s->store = store_create();
	s->model = calloc(1, sizeof(*s->model));
	for (i = 0; i < 4; i++) {
		s->peers[i] = peer_create(s->store, i);
	}
	assert_int_equal(peer_ask(s->peers[0], XS_RM, 0, "/tool", NULL), 0);
	assert_int_equal(peer_set_perms(s->peers[0], 0, "/", "b0"), 0);
	strcpy(s->model->nodes[0].path, "/");
	model_parse_perms(&s->model->nodes[0], "b0");
	s->model->count = 1;
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;
	int i;

	for (i = 0; i < 4; i++) {
		peer_destroy(s->peers[i]);
	}
	store_destroy(s->store);
	free(s->model);
	free(s);
	return 0;
}

static void test_single_requests(void **state)
{
	struct scene *s = *state;
	static struct op got, want;
	int i;

	for (i = 0; i < 60000; i++) {
		random_op(&got);
		want = got;
		store_do(s->peers[got.domid], 0, &got);
		model_do(s->model, &want);
		check_same(&got, &want);
		if (i % 500 == 0) {
			assert_int_equal(store_check(s->store), 0);
			assert_int_equal(store_count_nodes(s->store), s->model->count);
		}
	}
}

struct running {
	uint32_t t;
	int domid;
	unsigned int count;
	struct op ops[MODEL_OPS];
};

static void finish_commit(struct scene *s, struct running *run, unsigned int *commits)
{
	static struct op want;
	int rc = peer_end(s->peers[run->domid], run->t, true);
	unsigned int i;

	run->t = 0;
	if (rc != 0) {
		assert_int_equal(rc, EAGAIN);
		return;
	}
	for (i = 0; i < run->count; i++) {
		want = run->ops[i];
		model_do(s->model, &want);
		/* That a node is absent stays true when the right to know it has gone. */
		if (run->ops[i].rc != ENOENT || want.rc != EACCES) {
			check_same(&run->ops[i], &want);
		}
	}
	++*commits;
}

static void test_transactions(void **state)
{
	struct scene *s = *state;
	static struct running runs[4];
	static struct op got, want;
	unsigned int commits = 0, i;

	for (i = 0; i < 40000; i++) {
		struct running *run = &runs[model_random(4)];
		unsigned int what = model_random(10);

		if (what < 2) { /* somebody outside of any transaction */
			random_op(&got);
			want = got;
			store_do(s->peers[got.domid], 0, &got);
			model_do(s->model, &want);
			check_same(&got, &want);
		} else if (run->t == 0) {
			run->domid = (int)model_random(4);
			run->t = peer_start(s->peers[run->domid]);
			run->count = 0;
		} else if (what == 2 || run->count == MODEL_OPS) {
			finish_commit(s, run, &commits);
		} else {
			struct op *op = &run->ops[run->count];

			random_op(op);
			op->domid = run->domid;
			store_do(s->peers[run->domid], run->t, op);
			/* Refusals are answers about rights; those are not part of the promise. */
			run->count += op->rc == 0 || op->rc == ENOENT;
		}
		if (i % 500 == 0) {
			assert_int_equal(store_check(s->store), 0);
		}
	}
	assert_true(commits > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_single_requests, scene_setup, scene_teardown),
		cmocka_unit_test_setup_teardown(test_transactions, scene_setup, scene_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
