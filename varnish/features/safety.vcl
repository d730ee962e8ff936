# What is never kept, whatever its lifetime. The built-in code runs after this and refuses Set-Cookie,
# and `private`, `no-store` and `no-cache` in Cache-Control; where CDN-Cache-Control counts instead,
# that part is done here.

sub safety_backend_response {
	# Made for Varnish's predecessors: it would let a response that says `private` be kept all the same.
	unset beresp.http.Surrogate-Control;
	# It was for this cache; one further out could not be purged.
	unset beresp.http.CDN-Cache-Control;
	if (bereq.uncacheable) {
		return;
	}
	if (var.get("control") ~ "(?:^|[\s,])(?:no-store|no-cache|private)(?:$|[\s,;=])") {
		call vcl_beresp_hitmiss;
	}
	# No heuristics (RFC 9111, 4.2.2): what doesn't state a lifetime is not kept.
	if (!var.get("lifetime")) {
		call vcl_beresp_hitmiss;
	}
	# An error that one request caused would be everybody's. What isn't there may be so for all.
	if (beresp.status >= 400 && beresp.status != 404 && beresp.status != 410) {
		call vcl_beresp_hitmiss;
	}
	# Someone's cookies were asked with: as for Authorization (RFC 9111, 3.5), it is for all only if it says so.
	if (bereq.http.Cookie && beresp.http.Cache-Control !~ "(?i)(?:^|[\s,])public(?:$|[\s,])") {
		call vcl_beresp_hitmiss;
	}
	if (var.get("targeted")) {
		call vcl_beresp_cookie;
		call vcl_beresp_vary;
		if (beresp.ttl <= 0s) {
			call vcl_beresp_hitmiss;
		}
	}
}

# Runs before the built-in code of the same name, which knows a lone `*` only. A kept page must not
# depend on cookies or credentials: there would be one for each visitor.
sub vcl_beresp_vary {
	if (beresp.http.Vary ~ "(?i)(^|[\s,])(\*|cookie|authorization)($|[\s,])") {
		call vcl_beresp_hitmiss;
	}
}
