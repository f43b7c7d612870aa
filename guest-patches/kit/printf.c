/* SPDX-License-Identifier: MIT */
/*
 * printf: one pass over the format, characters appended to a bounded buffer.
 *
 * A conversion is parsed into a small specification first, so that each kind of argument has one
 * short function. kprintf formats into a buffer on the stack and truncates what does not fit.
 */
#include "printf.h"

#include <stdbool.h>
#include <stdint.h>
#include "console.h"
#include "string.h"

struct sink {
	char *to;
	size_t bytes;
	size_t length;
};

struct spec {
	bool zero;
	bool left;
	unsigned int width;
	unsigned int longs;
};

static void put(struct sink *s, char c)
{
	if (s->length + 1 < s->bytes) {
		s->to[s->length] = c;
	}
	s->length++;
}

static void put_padded(struct sink *s, const char *text, size_t length, const struct spec *spec)
{
	size_t pad = spec->width > length ? spec->width - length : 0;
	size_t i;

	for (i = 0; i < pad && !spec->left; i++) {
		put(s, spec->zero ? '0' : ' ');
	}
	for (i = 0; i < length; i++) {
		put(s, text[i]);
	}
	for (i = 0; i < pad && spec->left; i++) {
		put(s, ' ');
	}
}

static void put_number(struct sink *s, uint64_t value, unsigned int base, bool negative,
		       const struct spec *spec)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative) {
		digits[--at] = '-';
	}
	put_padded(s, digits + at, sizeof(digits) - at, spec);
}

static const char *parse_spec(const char *format, struct spec *spec)
{
	*spec = (struct spec){ 0 };
	for (; *format == '0' || *format == '-'; format++) {
		if (*format == '0') {
			spec->zero = true;
		} else {
			spec->left = true;
		}
	}
	for (; *format >= '0' && *format <= '9'; format++) {
		spec->width = spec->width * 10 + (*format - '0');
	}
	for (; *format == 'l' || *format == 'z'; format++) {
		spec->longs++;
	}
	return format;
}

static void put_conversion(struct sink *s, char kind, const struct spec *spec, va_list *args)
{
	int64_t number;
	const char *text;
	char c;

	switch (kind) {
	case 'd':
		number = spec->longs ? va_arg(*args, int64_t) : va_arg(*args, int);
		put_number(s, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, number < 0,
			   spec);
		return;
	case 'u':
	case 'x':
		put_number(s, spec->longs ? va_arg(*args, uint64_t) : va_arg(*args, unsigned int),
			   kind == 'x' ? 16 : 10, false, spec);
		return;
	case 'p':
		put_number(s, (uint64_t)va_arg(*args, void *), 16, false, spec);
		return;
	case 's':
		text = va_arg(*args, const char *);
		text = text ? text : "(none)";
		put_padded(s, text, strlen(text), spec);
		return;
	case 'c':
		c = (char)va_arg(*args, int);
		put_padded(s, &c, 1, spec);
		return;
	default:
		put(s, kind);
	}
}

int kit_vsnprintf(char *to, size_t bytes, const char *format, va_list args)
{
	struct sink s = { .to = to, .bytes = bytes };
	struct spec spec;
	va_list copy;

	va_copy(copy, args);
	for (; *format; format++) {
		if (*format != '%') {
			put(&s, *format);
			continue;
		}
		format = parse_spec(format + 1, &spec);
		if (!*format) {
			break;
		}
		put_conversion(&s, *format, &spec, &copy);
	}
	va_end(copy);
	if (bytes) {
		to[s.length < bytes ? s.length : bytes - 1] = 0;
	}
	return (int)s.length;
}

int kit_snprintf(char *to, size_t bytes, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = kit_vsnprintf(to, bytes, format, args);
	va_end(args);
	return length;
}

void kprintf(const char *format, ...)
{
	char line[256];
	va_list args;

	va_start(args, format);
	kit_vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	console_write(line, strlen(line));
}
