// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/xen/evtchn. Request numbers are those of Linux's UAPI: the driver takes its arguments as
 * structures of one or two 32-bit words and returns the new port as the result of ioctl.
 */
#include "evtchn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "error.h"

struct evtchn_request_pair {
	uint32_t domain;
	uint32_t port;
};

#define EVTCHN_BIND_VIRQ _IOC(_IOC_NONE, 'E', 0, sizeof(uint32_t))
#define EVTCHN_BIND_INTERDOMAIN _IOC(_IOC_NONE, 'E', 1, sizeof(struct evtchn_request_pair))
#define EVTCHN_BIND_UNBOUND _IOC(_IOC_NONE, 'E', 2, sizeof(uint32_t))
#define EVTCHN_UNBIND _IOC(_IOC_NONE, 'E', 3, sizeof(uint32_t))
#define EVTCHN_NOTIFY _IOC(_IOC_NONE, 'E', 4, sizeof(uint32_t))

_Static_assert(EVTCHN_BIND_VIRQ == 0x44500, "evtchn bind_virq");
_Static_assert(EVTCHN_BIND_INTERDOMAIN == 0x84501, "evtchn bind_interdomain");

int evtchn_open(struct evtchn *evtchn, struct error *error)
{
	evtchn->fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (evtchn->fd < 0) {
		int rc = error_set(error, errno, "/dev/xen/evtchn", "cannot open it");

		error_set_hint(error, "in dom0, load the module xen-evtchn");
		return rc;
	}
	return 0;
}

void evtchn_close(struct evtchn *evtchn)
{
	if (evtchn->fd >= 0) {
		close(evtchn->fd);
		evtchn->fd = -1;
	}
}

static int evtchn_request(struct evtchn *evtchn, unsigned long request, void *arg)
{
	int rc = ioctl(evtchn->fd, request, arg);

	return rc < 0 ? -errno : rc;
}

int evtchn_bind_interdomain(struct evtchn *evtchn, uint16_t domid, uint32_t remote_port)
{
	struct evtchn_request_pair pair = { .domain = domid, .port = remote_port };

	return evtchn_request(evtchn, EVTCHN_BIND_INTERDOMAIN, &pair);
}

int evtchn_bind_unbound(struct evtchn *evtchn, uint16_t domid)
{
	uint32_t remote = domid;

	return evtchn_request(evtchn, EVTCHN_BIND_UNBOUND, &remote);
}

int evtchn_bind_virq(struct evtchn *evtchn, uint32_t virq)
{
	return evtchn_request(evtchn, EVTCHN_BIND_VIRQ, &virq);
}

int evtchn_unbind(struct evtchn *evtchn, uint32_t port)
{
	return evtchn_request(evtchn, EVTCHN_UNBIND, &port);
}

int evtchn_notify(struct evtchn *evtchn, uint32_t port)
{
	return evtchn_request(evtchn, EVTCHN_NOTIFY, &port);
}

int evtchn_read(struct evtchn *evtchn, uint32_t *ports, unsigned int count)
{
	ssize_t n = read(evtchn->fd, ports, count * sizeof(*ports));

	if (n < 0) {
		return -errno;
	}
	return (int)((size_t)n / sizeof(*ports));
}

int evtchn_unmask(struct evtchn *evtchn, uint32_t port)
{
	if (write(evtchn->fd, &port, sizeof(port)) != (ssize_t)sizeof(port)) {
		return errno != 0 ? -errno : -EIO;
	}
	return 0;
}
