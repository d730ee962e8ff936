# Static files and media: public objects in a bucket, under names made of their content. A name's
# bytes never change, so they are kept for hours here and for as long as they like in browsers.

sub assets_recv {
	if (req.backend_hint != store) {
		return;
	}
	if (req.method != "GET" && req.method != "HEAD") {
		return (synth(405, "Method Not Allowed"));
	}
	# Dot segments, encoded or not, could name an object outside the public folders.
	if (req.url ~ "(?i)(/|%2f)(\.|%2e){1,2}(/|%2f|\?|$)") {
		return (synth(400, "Bad Request"));
	}
	# Objects are the same for everybody, and a visitor's credentials are not S3's.
	unset req.http.Cookie;
	unset req.http.Authorization;
	unset req.http.Origin;
	# An object has no parameters. Those that S3 knows (?acl, ?uploads, signatures) are Django's.
	set req.url = regsub(req.url, "\?.*$", "");
}

sub assets_backend_fetch {
	if (bereq.backend == store) {
		set bereq.url = "/lab" + bereq.url;
	}
}

sub assets_backend_response {
	if (bereq.backend != store) {
		return;
	}
	# S3 says 403 for an object that isn't there to those who may not list the bucket; and its own
	# page for a 404 names the bucket.
	if (beresp.status == 403 || beresp.status == 404) {
		return (error(404, "Not Found"));
	}
	# Vary: Origin is for browsers that talk to S3 themselves; Varnish sees to Accept-Encoding.
	unset beresp.http.Vary;
	if (beresp.status == 200 || beresp.status == 206 || beresp.status == 304) {
		set beresp.http.Cache-Control = "public, max-age=31536000, immutable";
		set beresp.http.CDN-Cache-Control = "max-age=86400, stale-while-revalidate=60, stale-if-error=86400";
	}
}
