/* SPDX-License-Identifier: MIT */
/*
 * io_xenstore: the store's messages, and the ring that carries them for a guest.
 *
 * A message is a header and len bytes of payload; answers repeat type, req_id and tx_id, or have
 * type XS_ERROR and the name of an error (XSD_ERROR_NAMES) as payload. XS_WATCH_EVENT arrives
 * unasked. The same bytes travel over the daemon's socket.
 *
 * The ring is two queues of XENSTORE_RING_SIZE bytes in one page, indices running freely; a message
 * may be longer than the ring and is then written in pieces.
 */
#ifndef LAMINA_PUBLIC_IO_XENSTORE_H
#define LAMINA_PUBLIC_IO_XENSTORE_H

#include <stdint.h>
#include "abi_check.h"

/* xsd_sockmsg.type */
#define XS_CONTROL		0
#define XS_DEBUG		XS_CONTROL
#define XS_DIRECTORY		1
#define XS_READ			2
#define XS_GET_PERMS		3
#define XS_WATCH		4
#define XS_UNWATCH		5
#define XS_TRANSACTION_START	6
#define XS_TRANSACTION_END	7
#define XS_INTRODUCE		8
#define XS_RELEASE		9
#define XS_GET_DOMAIN_PATH	10
#define XS_WRITE		11
#define XS_MKDIR		12
#define XS_RM			13
#define XS_SET_PERMS		14
#define XS_WATCH_EVENT		15
#define XS_ERROR		16
#define XS_IS_DOMAIN_INTRODUCED	17
#define XS_RESUME		18
#define XS_SET_TARGET		19
#define XS_RESET_WATCHES	21
#define XS_DIRECTORY_PART	22
#define XS_TYPE_COUNT		23
#define XS_INVALID		0xffff

/* Fields of a watch event's payload, each NUL terminated. */
#define XS_WATCH_PATH		0
#define XS_WATCH_TOKEN		1

/* Errors that may travel as text; X is called with each name. */
#define XSD_ERROR_NAMES(X) \
	X(EINVAL) X(EACCES) X(EEXIST) X(EISDIR) X(ENOENT) X(ENOMEM) X(ENOSPC) X(EIO) \
	X(ENOTEMPTY) X(ENOSYS) X(EROFS) X(EBUSY) X(EAGAIN) X(EISCONN) X(E2BIG) X(EPERM)

struct xsd_sockmsg {
	uint32_t type;			/* XS_* */
	uint32_t req_id;		/* chosen by the client, echoed */
	uint32_t tx_id;			/* transaction, 0 for none */
	uint32_t len;			/* payload bytes, at most XENSTORE_PAYLOAD_MAX */
};
ABI_SIZE(struct xsd_sockmsg, 16);

#define XENSTORE_PAYLOAD_MAX	4096
#define XENSTORE_ABS_PATH_MAX	3072	/* bytes, without the NUL */
#define XENSTORE_REL_PATH_MAX	2048

#define XENSTORE_RING_SIZE	1024
#define MASK_XENSTORE_IDX(idx)	((idx) & (XENSTORE_RING_SIZE - 1))

/* server_features */
#define XENSTORE_SERVER_FEATURE_RECONNECTION	1
#define XENSTORE_SERVER_FEATURE_ERROR		2
/* connection */
#define XENSTORE_CONNECTED	0
#define XENSTORE_RECONNECT	1
/* error */
#define XENSTORE_ERROR_NONE	0
#define XENSTORE_ERROR_COMM	1
#define XENSTORE_ERROR_RINGIDX	2
#define XENSTORE_ERROR_PROTO	3

struct xenstore_domain_interface {
	char req[XENSTORE_RING_SIZE];	/* from the guest */
	char rsp[XENSTORE_RING_SIZE];	/* to the guest */
	uint32_t req_cons, req_prod;
	uint32_t rsp_cons, rsp_prod;
	uint32_t server_features;
	uint32_t connection;
	uint32_t error;
};
ABI_SIZE(struct xenstore_domain_interface, 0x81c);
ABI_OFFSET(struct xenstore_domain_interface, req_cons, 0x800);
ABI_OFFSET(struct xenstore_domain_interface, rsp_prod, 0x80c);
ABI_OFFSET(struct xenstore_domain_interface, server_features, 0x810);

#endif
