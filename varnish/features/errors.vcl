# The pages that Varnish has to write itself: plain, short, never kept, and of no use to an attacker.

sub errors_synth {
	set resp.http.Content-Type = "text/html; charset=utf-8";
	set resp.http.Cache-Control = "no-store";
	if (resp.status == 405) {
		set resp.http.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
	}
	if (resp.status == 503) {
		set resp.http.Retry-After = "5";
	}
	set resp.body = {"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>"} + resp.status + " " + resp.reason + {"</title>
<h1>"} + resp.status + " " + resp.reason + {"</h1>
<p>Request "} + req.http.X-Request-ID + {"</p>
</html>
"};
	return (deliver);
}

sub errors_backend_error {
	set beresp.http.Content-Type = "text/html; charset=utf-8";
	set beresp.http.Cache-Control = "no-store";
	set beresp.http.Cache-Status = "varnish";
	set beresp.ttl = 0s;
	set beresp.grace = 0s;
	if (beresp.status < 500 && (bereq.is_bgfetch || var.get("stale") == "held")) {
		# What is gone takes the place of its old copy. Without a lifetime it would leave that where it is.
		set beresp.ttl = 1s;
	}
	if (beresp.status == 503) {
		set beresp.http.Retry-After = "5";
		set beresp.reason = "The site is not answering";
	}
	set beresp.body = {"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>"} + beresp.status + " " + beresp.reason + {"</title>
<h1>"} + beresp.status + " " + beresp.reason + {"</h1>
<p>Please try again in a moment. Request "} + bereq.http.X-Request-ID + {"</p>
</html>
"};
	return (deliver);
}
