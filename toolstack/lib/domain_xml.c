// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs lam-domain-xml on a text in memory: input and output are files without a name, so neither
 * side ever waits for the other.
 */
#include "lib/domain_xml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/helper.h"
#include "sys/error.h"

#define XML_HELPER "lam-domain-xml"
#define XML_MESSAGE_BYTES 4096

struct xml_files {
	int in_fd;
	int out_fd;
};

static int xml_open_files(const struct domain_xml_source *source, struct xml_files *files,
			  struct error *error)
{
	files->in_fd = memfd_create("domain.xml", MFD_CLOEXEC);
	files->out_fd = memfd_create("domain.cfg", MFD_CLOEXEC);
	if (files->in_fd < 0 || files->out_fd < 0 ||
	    pwrite(files->in_fd, source->text, source->bytes, 0) != (ssize_t)source->bytes) {
		return error_set(error, ENOMEM, source->path, "no memory to read the XML");
	}
	return 0;
}

static void xml_close_files(const struct xml_files *files)
{
	if (files->in_fd >= 0) {
		close(files->in_fd);
	}
	if (files->out_fd >= 0) {
		close(files->out_fd);
	}
}

/* Every line but those that are warnings is dropped: the helper is not trusted with more. */
static void xml_pass_warnings(const struct domain_xml_source *source, char *message,
			      const struct domain_config_warnings *warnings)
{
	static const char mark[] = "warning: ";
	char line[600];
	char *next;

	for (; *message != '\0'; message = next) {
		size_t length = strcspn(message, "\n");

		next = message + length + (message[length] == '\n' ? 1 : 0);
		message[length] = '\0';
		if (strncmp(message, mark, sizeof(mark) - 1) == 0 && warnings != NULL &&
		    warnings->warn != NULL) {
			snprintf(line, sizeof(line), "%.200s: %.300s", source->path,
				 message + sizeof(mark) - 1);
			warnings->warn(warnings->context, line);
		}
	}
}

static int xml_judge(const struct domain_xml_source *source, int status, char *message,
		     struct error *error)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return 0;
	}
	if (WIFSIGNALED(status)) {
		return error_set(error, EINVAL, source->path,
				 "the XML broke the limits of its reader (signal %d)", WTERMSIG(status));
	}
	message[strcspn(message, "\n")] = '\0';
	return error_set(error, EINVAL, source->path, "%s",
			 message[0] != '\0' ? message : "the XML cannot be read");
}

static int xml_take_output(const struct domain_xml_source *source, int fd, char **text,
			   size_t *bytes, struct error *error)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size > (off_t)CONFIG_MAX_BYTES) {
		return error_set(error, EFBIG, source->path, "the XML says more than is possible");
	}
	*bytes = (size_t)st.st_size;
	*text = malloc(*bytes + 1);
	if (*text == NULL || pread(fd, *text, *bytes, 0) != (ssize_t)*bytes) {
		free(*text);
		*text = NULL;
		return error_set(error, ENOMEM, source->path, "no memory for the configuration");
	}
	return 0;
}

int domain_xml_to_config(const struct domain_xml_source *source, char **text, size_t *bytes,
			 const struct domain_config_warnings *warnings, struct error *error)
{
	struct xml_files files = { -1, -1 };
	char message[XML_MESSAGE_BYTES];
	char length[24];
	const char *argv[] = { XML_HELPER, length, NULL };
	struct helper helper = { .argv = argv, .message = message, .message_bytes = sizeof(message),
				 .object = source->path };
	int rc;

	if (source->bytes > CONFIG_MAX_BYTES) {
		return error_set(error, EFBIG, source->path, "a configuration is at most %u KiB long",
				 CONFIG_MAX_BYTES >> 10);
	}
	rc = xml_open_files(source, &files, error);
	if (rc == 0) {
		snprintf(length, sizeof(length), "%zu", source->bytes);
		helper.in_fd = files.in_fd;
		helper.out_fd = files.out_fd;
		rc = helper_run(&helper, error);
	}
	if (rc == 0) {
		rc = xml_judge(source, helper.status, message, error);
	}
	if (rc == 0) {
		xml_pass_warnings(source, message, warnings);
		rc = xml_take_output(source, files.out_fd, text, bytes, error);
	}
	xml_close_files(&files);
	return rc;
}
