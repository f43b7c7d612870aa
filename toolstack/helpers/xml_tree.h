/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XML by libxml2, with what a stranger's file must not do ruled out: no network, no other file, no
 * document type (so no entities but the five of XML itself), UTF-8 only, at most XML_TREE_MAX_BYTES
 * and the library's own limits of depth and length.
 *
 * Texts live in the tree's arena until xml_tree_release(). Functions on nodes take NULL for "no
 * such element" and give NULL or false then.
 */
#ifndef TOOLSTACK_HELPERS_XML_TREE_H
#define TOOLSTACK_HELPERS_XML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/arena.h"

#define XML_TREE_MAX_BYTES (1u << 20)
#define XML_TREE_MESSAGE_BYTES 300

struct _xmlDoc;
struct _xmlNode;
typedef struct _xmlNode xml_node;

struct xml_tree {
	struct _xmlDoc *document;
	xml_node *root;
	struct arena arena;
	char message[XML_TREE_MESSAGE_BYTES];	/* after a failure: one sentence with its line */
};

/* 0, or -EINVAL or -ENOMEM with a message. xml_tree_release() in either case. */
int xml_tree_read(struct xml_tree *tree, const char *text, size_t bytes);
void xml_tree_release(struct xml_tree *tree);

const char *xml_name(const xml_node *node);
unsigned int xml_line(const xml_node *node);
/* The first child element, and the element behind another. */
xml_node *xml_first(const xml_node *node);
xml_node *xml_next(const xml_node *node);
xml_node *xml_child(const xml_node *node, const char *name);

/* The text inside without the blanks around it; "" for an empty element. */
const char *xml_text(struct xml_tree *tree, const xml_node *node);
const char *xml_attribute(struct xml_tree *tree, const xml_node *node, const char *name);
/* The attribute of a child element. */
const char *xml_child_attribute(struct xml_tree *tree, const xml_node *node, const char *child,
				const char *name);
bool xml_attribute_is(struct xml_tree *tree, const xml_node *node, const char *name,
		      const char *value);

#endif
