/* SPDX-License-Identifier: MIT */
/*
 * What every split device has in common: the node "state" of each half in the store, which the other half watches.
 *
 * The back end waits in XENBUS_INIT_WAIT; the front end writes ring references and event channel and says XENBUS_INITIALISED (networks:
 * XENBUS_CONNECTED at once); the back end maps them and says XENBUS_CONNECTED, so does the front end. Either may close.
 */
#ifndef DRIVERS_BACK_PROTOCOL_H
#define DRIVERS_BACK_PROTOCOL_H

enum xenbus_state {
	XENBUS_UNKNOWN = 0,
	XENBUS_INITIALISING = 1,
	XENBUS_INIT_WAIT = 2,
	XENBUS_INITIALISED = 3,
	XENBUS_CONNECTED = 4,
	XENBUS_CLOSING = 5,
	XENBUS_CLOSED = 6,
};

#endif
