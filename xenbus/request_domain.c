// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about domains: introduction, release, home path.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus/conn.h"
#include "xenbus/domain.h"
#include "xenbus/request.h"
#include "xenbus/store.h"

/* A single domain id as the whole payload. */
static int request_one_domid(const struct request *request, uint16_t *domid)
{
	const char *text;
	int rc = request_strings(request, &text, 1);

	return rc < 0 ? rc : request_domid(text, domid);
}

/* Unsigned decimal, as a frame or a port is written. */
static int request_number(const char *text, uint64_t limit, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *value > limit) {
		return -EINVAL;
	}
	return 0;
}

static int request_finish(const struct request *request, int rc)
{
	if (rc == 0) {
		request_reply_ok(request);
	}
	return rc;
}

int request_introduce(const struct request *request)
{
	const char *strings[3];
	uint64_t mfn, port;
	uint16_t domid;
	int rc = request_strings(request, strings, 3);

	if (rc == 0) {
		rc = request_domid(strings[0], &domid);
	}
	if (rc < 0 || domid == 0 || request_number(strings[1], UINT64_MAX, &mfn) < 0 ||
	    request_number(strings[2], UINT32_MAX, &port) < 0) {
		return -EINVAL;
	}
	return request_finish(request,
			      domain_introduce(request->store, domid, mfn, (uint32_t)port));
}

int request_release(const struct request *request)
{
	uint16_t domid;
	int rc = request_one_domid(request, &domid);

	return rc < 0 ? rc : request_finish(request, domain_release(request->store, domid));
}

int request_get_domain_path(const struct request *request)
{
	char path[32];
	uint16_t domid;
	int rc = request_one_domid(request, &domid);

	if (rc < 0) {
		return rc;
	}
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	request_reply_text(request, path);
	return 0;
}

int request_is_introduced(const struct request *request)
{
	uint16_t domid;
	int rc = request_one_domid(request, &domid);

	if (rc < 0) {
		return rc;
	}
	request_reply_text(request, domain_is_introduced(request->store, domid) ? "T" : "F");
	return 0;
}

int request_resume(const struct request *request)
{
	uint16_t domid;
	int rc = request_one_domid(request, &domid);

	return rc < 0 ? rc : request_finish(request, domain_resume(request->store, domid));
}

int request_set_target(const struct request *request)
{
	const char *strings[2];
	uint16_t domid, target;
	int rc = request_strings(request, strings, 2);

	if (rc == 0) {
		rc = request_domid(strings[0], &domid);
	}
	if (rc == 0) {
		rc = request_domid(strings[1], &target);
	}
	if (rc < 0) {
		return rc;
	}
	return request_finish(request, domain_set_target(request->store, domid, target));
}
