// SPDX-License-Identifier: GPL-2.0-only
/*
 * Red-black trees: the invariants and the order after every one of many random insertions and removals, equal keys
 * included, against a sorted array.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/rbtree.h"

#define NODES 300

struct item {
	struct rb_node node;
	u32 key, serial;
	bool in_tree;
};

static struct item items[NODES];
static u32 next_serial;

static struct item *item_of(const struct rb_node *n)
{
	return n ? rb_entry(n, struct item, node) : NULL;
}

static bool item_less(const struct rb_node *a, const struct rb_node *b)
{
	return item_of(a)->key < item_of(b)->key;
}

/* Number of black nodes on each path below @n; fails when paths differ or red meets red. */
static int black_height(const struct rb_node *n)
{
	int left, right;

	if (!n) {
		return 1;
	}
	for (int i = 0; i < 2; i++) {
		if (n->child[i]) {
			assert_ptr_equal(n->child[i]->parent, n);
			assert_false(n->red && n->child[i]->red);
		}
	}
	left = black_height(n->child[0]);
	right = black_height(n->child[1]);
	assert_int_equal(left, right);
	return left + !n->red;
}

static void check(const struct rb_root *root, u32 expected)
{
	const struct item *last = NULL;
	u32 count = 0;

	assert_true(!root->node || (!root->node->red && !root->node->parent));
	black_height(root->node);
	for (struct rb_node *n = rb_first(root); n; n = rb_next(n)) {
		struct item *it = item_of(n);

		assert_true(it->in_tree);
		if (last) {
			assert_true(last->key < it->key || (last->key == it->key && last->serial < it->serial));
		}
		last = it;
		count++;
	}
	assert_int_equal(count, expected);
	assert_int_equal(rb_is_empty(root), expected == 0);
}

static void random_operations(u32 keys)
{
	struct rb_root root = RB_ROOT_INIT;
	u32 count = 0;

	memset(items, 0, sizeof(items));
	for (int step = 0; step < 6000; step++) {
		struct item *it = &items[rand() % NODES];

		if (it->in_tree) {
			rb_erase(&root, &it->node);
			it->in_tree = false;
			count--;
		} else {
			it->key = rand() % keys;
			it->serial = next_serial++;
			it->in_tree = true;
			rb_insert(&root, &it->node, item_less);
			count++;
		}
		check(&root, count);
	}
	while (!rb_is_empty(&root)) {
		struct item *it = item_of(rb_first(&root));

		rb_erase(&root, &it->node);
		it->in_tree = false;
		check(&root, --count);
	}
}

static void distinct_keys(void **state)
{
	(void)state;
	srand(1);
	random_operations(1000000);
}

static void equal_keys_keep_their_order(void **state)
{
	(void)state;
	srand(2);
	random_operations(5);
}

static void ascending_and_descending(void **state)
{
	struct rb_root root = RB_ROOT_INIT;

	(void)state;
	for (u32 i = 0; i < NODES; i++) {
		items[i] = (struct item){ .key = i < NODES / 2 ? i : 2 * NODES - i, .serial = next_serial++, .in_tree = true };
		rb_insert(&root, &items[i].node, item_less);
		check(&root, i + 1);
	}
	for (u32 i = 0; i < NODES; i++) {
		items[i].in_tree = false;
		rb_erase(&root, &items[i].node);
		check(&root, NODES - i - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distinct_keys),
		cmocka_unit_test(equal_keys_keep_their_order),
		cmocka_unit_test(ascending_and_descending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
