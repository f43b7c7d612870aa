// SPDX-License-Identifier: GPL-2.0-only
/*
 * Red-black tree. The invariants, after every call: the root is black; a red node has no red child; every path from a node
 * down to an absent child passes the same number of black nodes; root->first is the left-most node or NULL.
 *
 * Left and right are one case here: children are indexed by side, and the mirror image of a step is the step with the side
 * flipped. An absent child counts as black.
 */
#include "lib/rbtree.h"

static int side_of(const struct rb_node *n)
{
	return n->parent->child[1] == n;
}

static bool is_red(const struct rb_node *n)
{
	return n && n->red;
}

/* Puts @with (possibly NULL) where @old hangs. */
static void replace(struct rb_root *root, struct rb_node *old, struct rb_node *with)
{
	struct rb_node *p = old->parent;

	if (!p) {
		root->node = with;
	} else {
		p->child[side_of(old)] = with;
	}
	if (with) {
		with->parent = p;
	}
}

/* @n moves down to @side, its child on the other side moves up. */
static void rotate(struct rb_root *root, struct rb_node *n, int side)
{
	struct rb_node *up = n->child[!side];
	struct rb_node *middle = up->child[side];

	replace(root, n, up);
	n->child[!side] = middle;
	if (middle) {
		middle->parent = n;
	}
	up->child[side] = n;
	n->parent = up;
}

static void fix_insert(struct rb_root *root, struct rb_node *n)
{
	while (is_red(n->parent)) {
		struct rb_node *p = n->parent, *g = p->parent;
		int side = side_of(p);
		struct rb_node *uncle = g->child[!side];

		if (is_red(uncle)) {
			p->red = false;
			uncle->red = false;
			g->red = true;
			n = g;
			continue;
		}
		if (side_of(n) != side) {
			rotate(root, p, side);
			p = n;
		}
		p->red = false;
		g->red = true;
		rotate(root, g, !side);
		break;
	}
	root->node->red = false;
}

void rb_insert(struct rb_root *root, struct rb_node *node, rb_less_fn *less)
{
	struct rb_node **link = &root->node, *parent = NULL;
	bool is_first = true;

	while (*link) {
		int side = !less(node, *link);

		parent = *link;
		link = &parent->child[side];
		if (side) {
			is_first = false;
		}
	}
	node->parent = parent;
	node->child[0] = NULL;
	node->child[1] = NULL;
	node->red = true;
	*link = node;
	if (is_first) {
		root->first = node;
	}
	fix_insert(root, node);
}

/* The paths through @p's child on @side miss one black node. */
static void fix_erase(struct rb_root *root, struct rb_node *p, int side)
{
	for (;;) {
		struct rb_node *n = p->child[side], *s;

		if (is_red(n)) {
			n->red = false;
			return;
		}
		s = p->child[!side];
		if (s->red) {
			s->red = false;
			p->red = true;
			rotate(root, p, side);
			s = p->child[!side];
		}
		if (!is_red(s->child[0]) && !is_red(s->child[1])) {
			s->red = true;
			if (p->red || !p->parent) {
				p->red = false;
				return;
			}
			side = side_of(p);
			p = p->parent;
			continue;
		}
		if (!is_red(s->child[!side])) {
			s->child[side]->red = false;
			s->red = true;
			rotate(root, s, !side);
			s = p->child[!side];
		}
		s->red = p->red;
		p->red = false;
		s->child[!side]->red = false;
		rotate(root, p, side);
		return;
	}
}

void rb_erase(struct rb_root *root, struct rb_node *node)
{
	struct rb_node *hole_parent, *only;
	bool lost_black;
	int side = 0;

	if (root->first == node) {
		root->first = rb_next(node);
	}
	if (node->child[0] && node->child[1]) {
		/* The successor has no left child; it takes the node's place and colour. */
		struct rb_node *s = rb_next(node);

		hole_parent = s->parent == node ? s : s->parent;
		side = side_of(s);
		lost_black = !s->red;
		replace(root, s, s->child[1]);
		replace(root, node, s);
		s->red = node->red;
		s->child[0] = node->child[0];
		s->child[0]->parent = s;
		s->child[1] = node->child[1];
		if (s->child[1]) {
			s->child[1]->parent = s;
		}
	} else {
		only = node->child[0] ? node->child[0] : node->child[1];
		hole_parent = node->parent;
		if (hole_parent) {
			side = side_of(node);
		}
		lost_black = !node->red;
		replace(root, node, only);
	}
	if (lost_black && hole_parent) {
		fix_erase(root, hole_parent, side);
	} else if (root->node) {
		root->node->red = false;
	}
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *n = node->child[1];

	if (n) {
		while (n->child[0]) {
			n = n->child[0];
		}
		return n;
	}
	while (node->parent && side_of(node)) {
		node = node->parent;
	}
	return node->parent;
}
