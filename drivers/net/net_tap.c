// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tap devices: Ethernet frames by one system call each, before each frame a header that says what
 * of its checksum and segments is still to be done.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drivers/net/netd.h"

int net_tap_open(const char *name, bool has_queues)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	if (has_queues) {
		request.ifr_flags |= IFF_MULTI_QUEUE;
	}
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	return fd;
}

int net_tap_persist(int fd)
{
	return ioctl(fd, TUNSETPERSIST, 1) < 0 ? -errno : 0;
}

int net_tap_set_offload(int fd, const struct net_features *features)
{
	unsigned long offload = 0;

	/* One switch for both versions of IP: a front end that has it for one only gets none. */
	if (features->has_csum4 && features->has_csum6) {
		offload |= TUN_F_CSUM;
		offload |= features->has_gso4 ? TUN_F_TSO4 : 0;
		offload |= features->has_gso6 ? TUN_F_TSO6 : 0;
	}
	return ioctl(fd, TUNSETOFFLOAD, offload) < 0 ? -errno : 0;
}

int net_tap_send(int fd, const struct iovec *parts, int count)
{
	return writev(fd, parts, count) < 0 ? -errno : 0;
}

ssize_t net_tap_receive(int fd, struct virtio_net_hdr *header, void *frame, size_t room)
{
	struct iovec parts[2] = {
		{ .iov_base = header, .iov_len = sizeof(*header) },
		{ .iov_base = frame, .iov_len = room },
	};
	ssize_t bytes = readv(fd, parts, 2);

	if (bytes < 0) {
		return -errno;
	}
	return bytes < (ssize_t)sizeof(*header) ? 0 : bytes - (ssize_t)sizeof(*header);
}
