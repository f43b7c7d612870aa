// SPDX-License-Identifier: GPL-2.0-only
/*
 * dom0's own store ring. The device is the modern door, the files of xenfs the old one; both give
 * the same page, and either may be missing (module not loaded, /proc/xen not mounted).
 */
#include "xenbus_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "error.h"

#define XENBUS_BACKEND_EVTCHN _IO('B', 0)
#define XENBUS_BACKEND_PAGE_BYTES 4096

static int xenbus_backend_map_fd(int fd, void **page)
{
	*page = mmap(NULL, XENBUS_BACKEND_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return *page == MAP_FAILED ? -errno : 0;
}

static int xenbus_backend_try_device(void **page, uint32_t *port)
{
	int fd = open("/dev/xen/xenbus_backend", O_RDWR | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = ioctl(fd, XENBUS_BACKEND_EVTCHN);
	if (rc <= 0) {
		rc = rc < 0 ? -errno : -ENODEV;
	} else {
		*port = (uint32_t)rc;
		rc = xenbus_backend_map_fd(fd, page);
	}
	close(fd);
	return rc;
}

static int xenbus_backend_read_port(uint32_t *port)
{
	char text[16] = "";
	int fd = open("/proc/xen/xsd_port", O_RDONLY | O_CLOEXEC);
	ssize_t n;
	unsigned long value;

	if (fd < 0) {
		return -errno;
	}
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0) {
		return n < 0 ? -EIO : -ENODEV;
	}
	value = strtoul(text, NULL, 10);
	if (value == 0 || value > UINT32_MAX) {
		return -ENODEV;
	}
	*port = (uint32_t)value;
	return 0;
}

static int xenbus_backend_try_xenfs(void **page, uint32_t *port)
{
	int rc = xenbus_backend_read_port(port);
	int fd;

	if (rc < 0) {
		return rc;
	}
	fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	rc = xenbus_backend_map_fd(fd, page);
	close(fd);
	return rc;
}

int xenbus_backend_map(void **page, uint32_t *port, struct error *error)
{
	int device = xenbus_backend_try_device(page, port);
	int xenfs;

	if (device == 0) {
		return 0;
	}
	xenfs = xenbus_backend_try_xenfs(page, port);
	if (xenfs == 0) {
		return 0;
	}
	error_set(error, device, "store ring of dom0's kernel",
		  "neither /dev/xen/xenbus_backend (%s) nor /proc/xen/xsd_kva (%s) gives it",
		  error_name(device), error_name(xenfs));
	error_set_hint(error, "in dom0, mount xenfs on /proc/xen");
	return device;
}

void xenbus_backend_unmap(void *page)
{
	if (page != NULL) {
		munmap(page, XENBUS_BACKEND_PAGE_BYTES);
	}
}
