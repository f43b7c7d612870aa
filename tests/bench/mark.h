/* SPDX-License-Identifier: GPL-2.0-only */
/* Marks around a measured stretch: no-operations of eight bytes whose displacement says what they mean (see plugins/split.c). */
#ifndef LAMINA_TESTS_BENCH_MARK_H
#define LAMINA_TESTS_BENCH_MARK_H

#define MARK_BEGIN 0x01
#define MARK_END   0x02

/* nopl 0x4c414dNN(%rax,%rax,1) */
#define MARK_BYTES(what) 0x0f, 0x1f, 0x84, 0x00, what, 0x4d, 0x41, 0x4c

#define MARK_STRING(...)  MARK_STRING_(__VA_ARGS__)
#define MARK_STRING_(...) #__VA_ARGS__
#define mark(what)        __asm__ volatile(".byte " MARK_STRING(MARK_BYTES(what)) ::: "memory")

#endif
