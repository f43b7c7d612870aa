/* SPDX-License-Identifier: MIT */
/*
 * event: two-level event channels of a kit kernel with one vCPU.
 *
 * All ports start masked; event_bind unmasks one and names its handler. Handlers run inside the
 * upcall with events masked. event_wait sleeps until something was delivered.
 */
#ifndef KIT_EVENT_H
#define KIT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

typedef void (*event_handler_fn)(uint32_t port);

void event_init(void);
void event_upcall(void);
void event_bind(uint32_t port, event_handler_fn handler);
void event_unbind(uint32_t port);

/* The virtual interrupt flag. Enabling delivers what is pending. */
void event_disable(void);
void event_enable(void);

/* Call with events disabled, after finding nothing to do; returns with events enabled. */
void event_wait(void);

long event_send(uint32_t port);
long event_close(uint32_t port);
bool event_is_pending(uint32_t port);
void event_clear(uint32_t port);

/* How many upcalls ran and how many ports were delivered since the start. */
extern uint64_t event_upcalls, event_deliveries;

#endif
