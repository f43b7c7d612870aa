// SPDX-License-Identifier: GPL-2.0-only
/*
 * See xml_tree.h. A document type is refused by the parser's own call-back, before anything in it
 * is read.
 */
#include "helpers/xml_tree.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

/* XML_PARSE_HUGE and XML_PARSE_NOENT stay off: the library's limits hold, nothing is replaced. */
#define XML_TREE_OPTIONS \
	(XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | \
	 XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC)

static void xml_tree_refuse_type(void *context, const xmlChar *name, const xmlChar *external,
				 const xmlChar *system)
{
	xmlParserCtxtPtr parser = context;
	struct xml_tree *tree = parser->_private;

	(void)name;
	(void)external;
	(void)system;
	snprintf(tree->message, sizeof(tree->message),
		 "line %d: a document type is not accepted here", xmlSAX2GetLineNumber(parser));
	xmlStopParser(parser);
}

static void xml_tree_explain(struct xml_tree *tree, xmlParserCtxtPtr parser)
{
	const xmlError *error = xmlCtxtGetLastError(parser);
	const char *text = error != NULL && error->message != NULL ? error->message : "is damaged";
	int length = (int)strcspn(text, "\r\n");

	if (tree->message[0] == '\0') {
		snprintf(tree->message, sizeof(tree->message), "line %d: the XML is damaged: %.*s",
			 error != NULL ? error->line : 1, length > 200 ? 200 : length, text);
	}
}

int xml_tree_read(struct xml_tree *tree, const char *text, size_t bytes)
{
	xmlParserCtxtPtr parser;

	memset(tree, 0, sizeof(*tree));
	if (bytes > XML_TREE_MAX_BYTES) {
		snprintf(tree->message, sizeof(tree->message), "the XML is longer than %u KiB",
			 XML_TREE_MAX_BYTES >> 10);
		return -EINVAL;
	}
	parser = xmlNewParserCtxt();
	if (parser == NULL) {
		strcpy(tree->message, "there is no memory for it");
		return -ENOMEM;
	}
	parser->_private = tree;
	parser->sax->internalSubset = xml_tree_refuse_type;
	tree->document = xmlCtxtReadMemory(parser, text, (int)bytes, NULL, "UTF-8", XML_TREE_OPTIONS);
	if (tree->document != NULL && tree->message[0] == '\0') {
		tree->root = xmlDocGetRootElement(tree->document);
	}
	if (tree->root == NULL) {
		xml_tree_explain(tree, parser);
	}
	xmlFreeParserCtxt(parser);
	return tree->root != NULL ? 0 : -EINVAL;
}

void xml_tree_release(struct xml_tree *tree)
{
	if (tree->document != NULL) {
		xmlFreeDoc(tree->document);
	}
	arena_release(&tree->arena);
	tree->document = NULL;
	tree->root = NULL;
}

const char *xml_name(const xml_node *node)
{
	return (const char *)node->name;
}

unsigned int xml_line(const xml_node *node)
{
	return (unsigned int)xmlGetLineNo((xmlNodePtr)(uintptr_t)node);
}

static xml_node *xml_element_from(xml_node *node)
{
	while (node != NULL && node->type != XML_ELEMENT_NODE) {
		node = node->next;
	}
	return node;
}

xml_node *xml_first(const xml_node *node)
{
	return node != NULL ? xml_element_from(node->children) : NULL;
}

xml_node *xml_next(const xml_node *node)
{
	return xml_element_from(node->next);
}

xml_node *xml_child(const xml_node *node, const char *name)
{
	xml_node *child;

	for (child = xml_first(node); child != NULL; child = xml_next(child)) {
		if (strcmp(xml_name(child), name) == 0) {
			return child;
		}
	}
	return NULL;
}

/* A copy in the arena without blanks around it, in place of the library's. */
static const char *xml_keep(struct xml_tree *tree, xmlChar *text)
{
	const char *from = (const char *)text;
	const char *kept = NULL;
	size_t length;

	if (text == NULL) {
		return NULL;
	}
	while (isspace((unsigned char)*from)) {
		from++;
	}
	length = strlen(from);
	while (length != 0 && isspace((unsigned char)from[length - 1])) {
		length--;
	}
	kept = arena_copy(&tree->arena, from, length);
	xmlFree(text);
	if (kept == NULL) {
		strcpy(tree->message, "there is no memory for it");
	}
	return kept;
}

const char *xml_text(struct xml_tree *tree, const xml_node *node)
{
	return node == NULL ? NULL : xml_keep(tree, xmlNodeGetContent(node));
}

const char *xml_attribute(struct xml_tree *tree, const xml_node *node, const char *name)
{
	if (node == NULL) {
		return NULL;
	}
	return xml_keep(tree, xmlGetNoNsProp(node, (const xmlChar *)name));
}

const char *xml_child_attribute(struct xml_tree *tree, const xml_node *node, const char *child,
				const char *name)
{
	return xml_attribute(tree, xml_child(node, child), name);
}

bool xml_attribute_is(struct xml_tree *tree, const xml_node *node, const char *name,
		      const char *value)
{
	const char *text = xml_attribute(tree, node, name);

	return text != NULL && strcmp(text, value) == 0;
}
