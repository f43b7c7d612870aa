// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted text into a bounded buffer: the subset of printf that lib/printf.h lists. Pure; any context.
 */
#include "lib/printf.h"

#include "lib/string.h"

struct out {
	char *buf;
	size_t size;
	size_t length; /* of the whole text, cut or not */
};

struct spec {
	bool left, zero, plus, space, alternate;
	int width;
	int precision; /* -1: none given */
	int bytes;     /* of an integer argument */
};

static void put(struct out *o, char c)
{
	if (o->length + 1 < o->size) {
		o->buf[o->length] = c;
	}
	o->length++;
}

static void pad(struct out *o, char c, int count)
{
	while (count-- > 0) {
		put(o, c);
	}
}

static void put_text(struct out *o, const struct spec *s, const char *text, size_t bytes)
{
	int gap = s->width - (int)MIN(bytes, (size_t)0x7fffffff);

	if (!s->left) {
		pad(o, ' ', gap);
	}
	while (bytes--) {
		put(o, *text++);
	}
	if (s->left) {
		pad(o, ' ', gap);
	}
}

static void put_number(struct out *o, const struct spec *s, u64 v, unsigned int base, const char *prefix)
{
	const char *set = base == 17 ? "0123456789ABCDEF" : "0123456789abcdef";
	char digits[24];
	int n = 0, zeros = 0, gap;

	if (base == 17) {
		base = 16;
	}
	while (v || (n == 0 && s->precision != 0)) {
		digits[n++] = set[v % base];
		v /= base;
	}
	if (s->precision > n) {
		zeros = s->precision - n;
	}
	gap = s->width - n - zeros - (int)strlen(prefix);
	if (s->zero && !s->left && s->precision < 0 && gap > 0) {
		zeros += gap;
		gap = 0;
	}
	if (!s->left) {
		pad(o, ' ', gap);
	}
	while (*prefix) {
		put(o, *prefix++);
	}
	pad(o, '0', zeros);
	while (n) {
		put(o, digits[--n]);
	}
	if (s->left) {
		pad(o, ' ', gap);
	}
}

static void put_signed(struct out *o, const struct spec *s, s64 v)
{
	const char *sign = s->plus ? "+" : s->space ? " " : "";

	if (v < 0) {
		put_number(o, s, -(u64)v, 10, "-");
	} else {
		put_number(o, s, v, 10, sign);
	}
}

static s64 next_signed(va_list *ap, int bytes)
{
	switch (bytes) {
	case 1:
		return (s8)va_arg(*ap, int);
	case 2:
		return (s16)va_arg(*ap, int);
	case 4:
		return va_arg(*ap, int);
	default:
		return va_arg(*ap, s64);
	}
}

static u64 next_unsigned(va_list *ap, int bytes)
{
	switch (bytes) {
	case 1:
		return (u8)va_arg(*ap, unsigned int);
	case 2:
		return (u16)va_arg(*ap, unsigned int);
	case 4:
		return va_arg(*ap, unsigned int);
	default:
		return va_arg(*ap, u64);
	}
}

/* A run of decimal digits or a star at *@fmt; larger numbers than a line could use are clamped. */
static int parse_count(const char **fmt, va_list *ap)
{
	int n = 0;

	if (**fmt == '*') {
		(*fmt)++;
		n = va_arg(*ap, int);
		return n > 4096 ? 4096 : n < -4096 ? -4096 : n;
	}
	while (**fmt >= '0' && **fmt <= '9') {
		n = MIN(n * 10 + (**fmt - '0'), 4096);
		(*fmt)++;
	}
	return n;
}

static void parse_spec(struct spec *s, const char **fmt, va_list *ap)
{
	*s = (struct spec){ .precision = -1, .bytes = 4 };
	for (;; (*fmt)++) {
		switch (**fmt) {
		case '-': s->left = true; continue;
		case '0': s->zero = true; continue;
		case '+': s->plus = true; continue;
		case ' ': s->space = true; continue;
		case '#': s->alternate = true; continue;
		}
		break;
	}
	s->width = parse_count(fmt, ap);
	if (s->width < 0) {
		s->left = true;
		s->width = -s->width;
	}
	if (**fmt == '.') {
		(*fmt)++;
		s->precision = parse_count(fmt, ap);
	}
	for (; **fmt == 'h' || **fmt == 'l' || **fmt == 'z'; (*fmt)++) {
		s->bytes = **fmt == 'h' ? s->bytes / 2 : 8;
	}
}

static void put_conversion(struct out *o, struct spec *s, char conversion, va_list *ap)
{
	const char *text;
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
		put_signed(o, s, next_signed(ap, s->bytes));
		break;
	case 'u':
		put_number(o, s, next_unsigned(ap, s->bytes), 10, "");
		break;
	case 'o':
		put_number(o, s, next_unsigned(ap, s->bytes), 8, s->alternate ? "0" : "");
		break;
	case 'x':
		put_number(o, s, next_unsigned(ap, s->bytes), 16, s->alternate ? "0x" : "");
		break;
	case 'X':
		put_number(o, s, next_unsigned(ap, s->bytes), 17, s->alternate ? "0X" : "");
		break;
	case 'p':
		put_number(o, s, next_unsigned(ap, 8), 16, "0x");
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_text(o, s, &c, 1);
		break;
	case 's':
		text = va_arg(*ap, const char *);
		if (!text) {
			text = "(null)";
		}
		put_text(o, s, text, strnlen(text, s->precision < 0 ? SIZE_MAX : (size_t)s->precision));
		break;
	default:
		put(o, '%');
		if (conversion != '%') {
			put(o, conversion);
		}
	}
}

size_t printf_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	struct spec s;
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt++;
		parse_spec(&s, &fmt, &args);
		if (!*fmt) {
			put(&o, '%');
			break;
		}
		put_conversion(&o, &s, *fmt++, &args);
	}
	va_end(args);
	if (size) {
		buf[MIN(o.length, size - 1)] = '\0';
	}
	return o.length;
}

size_t printf_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = printf_vformat(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
