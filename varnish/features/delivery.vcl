# What is inside stays inside: tags, software, container names and the bucket's own headers.

sub delivery_deliver {
	call delivery_condition;
	unset resp.http.X-Edge-Control;
	unset resp.http.X-Edge-Revalidate;
	unset resp.http.X-Edge-If-Error;
	unset resp.http.X-Edge-Mark;
	unset resp.http.X-Edge-Purged;
	# It was for this cache; one further out could not be purged.
	unset resp.http.CDN-Cache-Control;
	unset resp.http.xkey;
	unset resp.http.Surrogate-Key;
	unset resp.http.X-Varnish;
	unset resp.http.Via;
	unset resp.http.Server;
	unset resp.http.X-Powered-By;
	unset resp.http.x-amz-request-id;
	unset resp.http.x-amz-id-2;
	unset resp.http.x-amz-bucket-region;
	unset resp.http.x-amz-version-id;
	unset resp.http.x-minio-error-code;
	unset resp.http.x-minio-error-desc;
	unset resp.http.x-ratelimit-limit;
	unset resp.http.x-ratelimit-remaining;
	# The bucket speaks plain HTTP here; whether the site has TLS is not for it to say.
	unset resp.http.Strict-Transport-Security;
	set resp.http.X-Request-ID = req.http.X-Request-ID;
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
	if (req.http.If-None-Match ~ "," && resp.http.ETag &&
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
