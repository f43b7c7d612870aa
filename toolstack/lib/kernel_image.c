// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stages: look at the head; a plain ELF is used as it is; a packed one is looked up in the
 * cache by the file's identity, then by its contents, then unpacked. What comes out of the cache
 * or the helper is checked as strictly as a tenant's own ELF file.
 */
#include "lib/kernel_image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bzimage.h"
#include "lib/image_cache.h"
#include "lib/unpack.h"
#include "sys/error.h"

#define KERNEL_MAX_BYTES (1ull << 30)
#define KERNEL_PEEK_BYTES 4096u

struct kernel_source {
	int fd;
	uint64_t bytes;
	const char *object;
	struct bzimage payload;
	enum pack_format format;
	struct image_cache_key key;
};

int image_file_open(const char *path, const char *object, uint64_t *bytes, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		return error_set(error, errno, object, "cannot be opened: %s", strerror(errno));
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return error_set(error, EINVAL, object, "is not a regular file");
	}
	if (st.st_size == 0) {
		close(fd);
		return error_set(error, ENOEXEC, object, "is an empty file");
	}
	*bytes = (uint64_t)st.st_size;
	return fd;
}

/* Finds out what kind of file it is. 0: plain ELF; 1: packed; or -errno. */
static int kernel_classify(struct kernel_source *source, struct error *error)
{
	char head[BZIMAGE_HEAD_BYTES] = { 0 };
	char magic[16] = { 0 };
	ssize_t n = pread(source->fd, head, sizeof(head), 0);

	if (n < 0) {
		return error_set(error, errno, source->object, "cannot be read: %s",
				 strerror(errno));
	}
	if (elf_image_has_magic(head, (size_t)n)) {
		return 0;
	}
	source->payload.payload_bytes = source->bytes;
	source->format = pack_format_detect(head, (size_t)n);
	if (source->format != PACK_NONE) {
		return 1;
	}
	if (!bzimage_has_magic(head, (size_t)n)) {
		return error_set(error, ENOEXEC, source->object,
				 "neither an ELF image nor a bzImage");
	}
	if (bzimage_parse(head, source->bytes, source->object, &source->payload, error) < 0) {
		return -ENOEXEC;
	}
	if (pread(source->fd, magic, sizeof(magic), (off_t)source->payload.payload_offset) !=
	    sizeof(magic)) {
		return error_set(error, EIO, source->object, "cannot be read");
	}
	source->format = pack_format_detect(magic, sizeof(magic));
	if (source->format == PACK_NONE && !elf_image_has_magic(magic, sizeof(magic))) {
		return error_set(error, ENOEXEC, source->object,
				 "a bzImage packed in a way that is not known here");
	}
	return 1;
}

/* The kernel's first bytes tell its size in memory. */
static int kernel_check_fit(const struct kernel_source *source, uint64_t memory_bytes,
			    struct error *error)
{
	struct unpack_request request = {
		.in_fd = source->fd, .offset = source->payload.payload_offset,
		.bytes = source->payload.payload_bytes, .format = source->format,
		.max_bytes = KERNEL_MAX_BYTES, .peek_bytes = KERNEL_PEEK_BYTES,
		.object = source->object,
	};
	char head[KERNEL_PEEK_BYTES];
	uint64_t end = 0;
	ssize_t n;
	int rc;

	request.out_fd = memfd_create("lamina-peek", MFD_CLOEXEC);
	if (request.out_fd < 0) {
		return error_set(error, errno, NULL, "no memory to unpack into");
	}
	rc = unpack_run(&request, error);
	n = pread(request.out_fd, head, sizeof(head), 0);
	close(request.out_fd);
	if (rc < 0) {
		return rc;
	}
	if (n < 4 || !elf_image_has_magic(head, (size_t)n)) {
		return error_set(error, ENOEXEC, source->object, "what is packed in it is no ELF image");
	}
	end = elf_image_peek_end(head, (size_t)n);
	if (end > memory_bytes) {
		return error_set(error, ENOMEM, source->object,
				 "does not fit: the kernel alone needs %llu MiB, memory = %llu MiB",
				 (unsigned long long)((end + (1 << 20) - 1) >> 20),
				 (unsigned long long)(memory_bytes >> 20));
	}
	return 0;
}

struct kernel_progress {
	const struct kernel_image *image;
	uint64_t total;
};

static void kernel_progress(void *opaque, uint64_t done)
{
	const struct kernel_progress *progress = opaque;

	progress->image->progress(progress->image->progress_context, done, progress->total);
}

/* A packed kernel ends in its size unpacked: gzip's own trailer, or what Linux adds. 0: not known. */
static uint64_t kernel_unpacked_bytes(const struct kernel_source *source)
{
	uint64_t end = source->payload.payload_offset + source->payload.payload_bytes;
	uint32_t bytes = 0;

	if (end < sizeof(bytes) ||
	    pread(source->fd, &bytes, sizeof(bytes), (off_t)(end - sizeof(bytes))) != sizeof(bytes)) {
		return 0;
	}
	return bytes <= KERNEL_MAX_BYTES && bytes > source->payload.payload_bytes ? bytes : 0;
}

static int kernel_unpack_into(const struct kernel_source *source, int out_fd,
			      const struct kernel_image *image, struct error *error)
{
	struct kernel_progress progress = { image, kernel_unpacked_bytes(source) };
	struct unpack_request request = {
		.in_fd = source->fd, .offset = source->payload.payload_offset,
		.bytes = source->payload.payload_bytes, .format = source->format,
		.out_fd = out_fd, .max_bytes = KERNEL_MAX_BYTES, .object = source->object,
		.progress = image->progress != NULL ? kernel_progress : NULL,
		.progress_context = &progress,
	};

	return unpack_run(&request, error);
}

/* Unpacks into the cache; when its disk is full, into memory. */
static int kernel_unpack(const struct kernel_source *source, const struct kernel_image *image,
			 struct error *error)
{
	char text[240];
	int fd = image_cache_new_file();
	int rc = fd < 0 ? error_set(error, -fd, NULL, "no memory to unpack into") :
		 0;

	if (rc == 0 && image->notice != NULL) {
		snprintf(text, sizeof(text), "unpacking %s, once: the result is kept", source->object);
		image->notice(image->notice_context, text);
	}
	if (rc == 0) {
		rc = kernel_unpack_into(source, fd, image, error);
	}
	if (rc == 0) {
		image_cache_keep(fd, &source->key);
		return fd;
	}
	if (fd >= 0) {
		close(fd);
	}
	if (rc != -ENOSPC) {
		return rc;
	}
	fd = memfd_create("lamina-kernel", MFD_CLOEXEC);
	rc = fd < 0 ? rc : kernel_unpack_into(source, fd, image, error);
	if (rc < 0 && fd >= 0) {
		close(fd);
	}
	return rc < 0 ? rc : fd;
}

/* A descriptor of the unpacked image, from the cache or fresh. */
static int kernel_find_unpacked(struct kernel_source *source, uint64_t memory_bytes,
				const struct kernel_image *image, struct error *error)
{
	int rc = image_cache_key_from_file(source->fd, &source->key);
	int fd;

	if (rc < 0) {
		return error_set(error, -rc, source->object, "cannot be read: %s", strerror(-rc));
	}
	fd = image_cache_open_link(&source->key);
	if (fd >= 0) {
		return fd;
	}
	rc = image_cache_hash(source->fd, source->payload.payload_offset,
			      source->payload.payload_bytes, &source->key);
	if (rc < 0) {
		return error_set(error, -rc, source->object, "cannot be read: %s", strerror(-rc));
	}
	fd = image_cache_open_content(&source->key);
	if (fd >= 0) {
		return fd;
	}
	rc = kernel_check_fit(source, memory_bytes, error);
	return rc < 0 ? rc : kernel_unpack(source, image, error);
}

int kernel_image_open(const char *path, uint64_t memory_bytes, struct kernel_image *image,
		      struct error *error)
{
	struct kernel_source source = { 0 };
	char object[180];
	int rc;

	snprintf(object, sizeof(object), "kernel '%.160s'", path);
	memset(&image->elf, 0, sizeof(image->elf));
	image->fd = -1;
	source.object = object;
	source.fd = image_file_open(path, object, &source.bytes, error);
	if (source.fd < 0) {
		return source.fd;
	}
	rc = kernel_classify(&source, error);
	image->fd = source.fd;
	if (rc == 1) {
		image->fd = kernel_find_unpacked(&source, memory_bytes, image, error);
		rc = image->fd < 0 ? image->fd : 0;
		close(source.fd);
	} else if (rc < 0) {
		close(source.fd);
	}
	if (rc < 0) {
		return rc;
	}
	rc = elf_image_read(image->fd, object, &image->elf, error);
	if (rc < 0) {
		kernel_image_close(image);
	}
	return rc;
}

void kernel_image_close(struct kernel_image *image)
{
	if (image->fd >= 0) {
		close(image->fd);
		image->fd = -1;
	}
}
