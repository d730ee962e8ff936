# Varnish stands where CloudFront stands: first in the path, before nginx (pages) and before MinIO
# (static files and media). It keeps what everybody may read. It must not keep what one person may
# read, must not serve a page after its purge was answered, and must not show what is inside.
#
# This file is the table of contents: the order of the calls is the design. Each feature is a file
# of its own, and none of them ends a request early without a reason: Varnish's built-in safety code
# (appended to this file by varnishd) still runs after ours for what comes back.

vcl 4.1;

import purge;
import std;
import str;
import var;
import vsthrottle;
import xkey;

include "backends.vcl";
include "features/toggles.vcl";
include "features/request.vcl";
include "features/purge.vcl";
include "features/routing.vcl";
include "features/cookies.vcl";
include "features/assets.vcl";
include "features/lifetime.vcl";
include "features/esi.vcl";
include "features/compression.vcl";
include "features/safety.vcl";
include "features/grace.vcl";
include "features/invalidation.vcl";
include "features/cache_status.vcl";
include "features/errors.vcl";
include "features/delivery.vcl";

sub vcl_init {
	call toggles_init;
	call purge_init;
}

# --- what a visitor asks -------------------------------------------------------------------------

sub vcl_recv {
	call purge_recv;
	call request_recv;
	call routing_recv;
	call assets_recv;
	call cookies_recv;
	call grace_recv;
	call toggles_recv;
	call esi_recv;
	call request_pass;
	# Not through the built-in code, which passes every request that has a cookie.
	return (hash);
}

sub vcl_hit {
	call cache_status_hit;
	call purge_hit;
	call grace_hit;
	if (obj.ttl <= 0s) {
		# A fetch in the background comes of it.
		call esi_forged;
		call request_identity;
	}
}

sub vcl_miss {
	call grace_miss;
	call esi_forged;
	call request_identity;
	call cache_status_miss;
}

sub vcl_pass {
	call esi_forged;
	call request_identity;
	call cache_status_pass;
}

# --- what is fetched from behind -----------------------------------------------------------------

sub vcl_backend_fetch {
	call request_backend_fetch;
	call purge_backend_fetch;
	call grace_backend_fetch;
	call assets_backend_fetch;
	call esi_backend_fetch;
}

sub vcl_backend_response {
	call delivery_backend_response;
	call purge_tags;
	call cache_status_backend_response;
	call grace_backend_response;
	call assets_backend_response;
	call lifetime_backend_response;
	call esi_backend_response;
	call compression_backend_response;
	call safety_backend_response;
	call purge_backend_response;
	call invalidation_backend_response;
	if (var.get("targeted")) {
		# The built-in code would go by Cache-Control, which doesn't count here.
		return (deliver);
	}
}

sub vcl_backend_error {
	call grace_backend_error;
	call errors_backend_error;
}

# --- what the visitor gets -----------------------------------------------------------------------

sub vcl_deliver {
	if (req.http.X-Request-ID) {
		call purge_deliver;
		call invalidation_deliver;
		call esi_deliver;
		call cache_status_deliver;
		set resp.http.X-Request-ID = req.http.X-Request-ID;
	} else {
		# A hit that nothing was fetched for has no name yet (request.vcl), and needs no more than this.
		call esi_deliver;
		call cache_status_say_hit;
		set resp.http.X-Request-ID = std.time2integer(req.time, 0) + "-" + req.xid;
	}
	call delivery_deliver;
}

sub vcl_synth {
	call request_forged;
	call request_identity;
	call grace_synth;
	call esi_synth;
	call delivery_synth;
	call purge_synth;
	call errors_synth;
}
