/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of xl.cfg. The lexer takes one word at a time from a text that need not be terminated,
 * keeps line and column (both from 1, columns in bytes), and turns escapes into characters.
 */
#ifndef TOOLSTACK_LIB_CONFIG_LEX_H
#define TOOLSTACK_LIB_CONFIG_LEX_H

#include "lib/config.h"

enum config_token_type {
	CONFIG_TOKEN_END,
	CONFIG_TOKEN_NEWLINE,	/* also ';' */
	CONFIG_TOKEN_WORD,
	CONFIG_TOKEN_STRING,
	CONFIG_TOKEN_NUMBER,
	CONFIG_TOKEN_ASSIGN,
	CONFIG_TOKEN_ADD,	/* += */
	CONFIG_TOKEN_OPEN,
	CONFIG_TOKEN_CLOSE,
	CONFIG_TOKEN_COMMA,
};

struct config_token {
	enum config_token_type type;
	struct config_position at;
	const char *text;	/* word, string without quotes, number as written */
	int64_t number;
};

struct config_lexer {
	struct arena *arena;
	const char *at;
	const char *end;
	const char *line_start;
	struct config_position position;
	bool has_no_columns;
	struct error *error;
};

void config_lexer_start(struct config_lexer *lexer, struct arena *arena, const char *source,
			const char *text, size_t bytes);
/* The next word. Returns 0 or -errno with lexer->error filled. */
int config_lexer_next(struct config_lexer *lexer, struct config_token *token);

#endif
