/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intrusive doubly linked ring lists. A list is a struct list_head; members embed another. An entry that is on no list
 * points at itself after list_init() or list_del(), so removing twice is harmless and list_is_empty(&entry) tells.
 * The lock, if any, is the owner's.
 */
#ifndef LAMINA_LIB_LIST_H
#define LAMINA_LIB_LIST_H

#include "lib/types.h"

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_INIT(name) { &(name), &(name) }

static inline void list_init(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

static inline void list_insert_between(struct list_head *e, struct list_head *prev, struct list_head *next)
{
	e->prev = prev;
	e->next = next;
	prev->next = e;
	next->prev = e;
}

/* Adds @e as the first, or the last, entry of @list; also: behind, or in front of, the entry @list. */
static inline void list_add(struct list_head *e, struct list_head *list)
{
	list_insert_between(e, list, list->next);
}

static inline void list_add_tail(struct list_head *e, struct list_head *list)
{
	list_insert_between(e, list->prev, list);
}

static inline void list_del(struct list_head *e)
{
	e->prev->next = e->next;
	e->next->prev = e->prev;
	list_init(e);
}

static inline bool list_is_empty(const struct list_head *list)
{
	return list->next == list;
}

#define list_entry(e, type, member) container_of(e, type, member)
#define list_first(list, type, member) list_entry((list)->next, type, member)
#define list_last(list, type, member)  list_entry((list)->prev, type, member)

/* Walks struct list_head pointers; the _safe form allows removing @e. */
#define list_for_each(e, list) \
	for ((e) = (list)->next; (e) != (list); (e) = (e)->next)
#define list_for_each_safe(e, tmp, list) \
	for ((e) = (list)->next, (tmp) = (e)->next; (e) != (list); (e) = (tmp), (tmp) = (e)->next)

/* Walks the containing objects. */
#define list_for_each_entry(pos, list, member)                         \
	for ((pos) = list_first(list, typeof(*(pos)), member);         \
	     &(pos)->member != (list);                                 \
	     (pos) = list_entry((pos)->member.next, typeof(*(pos)), member))
#define list_for_each_entry_safe(pos, tmp, list, member)                              \
	for ((pos) = list_first(list, typeof(*(pos)), member),                        \
	     (tmp) = list_entry((pos)->member.next, typeof(*(pos)), member);          \
	     &(pos)->member != (list);                                                \
	     (pos) = (tmp), (tmp) = list_entry((tmp)->member.next, typeof(*(tmp)), member))

#endif
