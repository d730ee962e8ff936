# What is inside stays inside: tags, software, container names and the bucket's own headers. What can go when
# a response comes in goes then, once, and not at each hit.

sub delivery_backend_response {
	unset beresp.http.Server;
	unset beresp.http.X-Powered-By;
	unset beresp.http.X-Request-ID;
	if (bereq.backend == store) {
		unset beresp.http.x-amz-request-id;
		unset beresp.http.x-amz-id-2;
		unset beresp.http.x-amz-bucket-region;
		unset beresp.http.x-amz-version-id;
		unset beresp.http.x-minio-error-code;
		unset beresp.http.x-minio-error-desc;
		unset beresp.http.x-ratelimit-limit;
		unset beresp.http.x-ratelimit-remaining;
		# The bucket speaks plain HTTP here; whether the site has TLS is not for it to say.
		unset beresp.http.Strict-Transport-Security;
	}
}

sub delivery_deliver {
	call delivery_condition;
	unset resp.http.X-Edge;
	unset resp.http.xkey;
	unset resp.http.X-Varnish;
	unset resp.http.Via;
	call delivery_close;
}

# Where a request may have had a body, what follows it on the connection is not read as another one: not
# all servers agree on where heads and bodies end (folded lines, bare line feeds), and VCL can't see those.
sub delivery_close {
	if (req.esi_level == 0 && (req.method != "GET" && req.method != "HEAD" ||
	    req.http.Content-Length || req.http.Transfer-Encoding)) {
		set resp.http.Connection = "close";
	}
}

# Varnish compares If-None-Match as a whole. Of a list, what matters is whether this tag is among them (weakly,
# RFC 9110, 13.1.2).
sub delivery_condition {
	if (req.http.If-None-Match && std.strstr(req.http.If-None-Match, ",") && resp.http.ETag &&
	    std.strstr(req.http.If-None-Match, regsub(resp.http.ETag, "^W/", ""))) {
		set req.http.If-None-Match = resp.http.ETag;
	}
}

sub delivery_synth {
	if (local.socket != "purge" && req.esi_level == 0) {
		set resp.http.Connection = "close";
	}
	unset resp.http.X-Varnish;
	unset resp.http.Via;
	unset resp.http.Server;
	set resp.http.X-Request-ID = req.http.X-Request-ID;
}
