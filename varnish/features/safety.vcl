# What is never kept. The built-in code that runs after this refuses Set-Cookie, private, no-store,
# no-cache and requests with Authorization; here is what it leaves open.

sub safety_backend_response {
	# It would let a response that says `private` be kept all the same.
	unset beresp.http.Surrogate-Control;
	# No heuristics (RFC 9111, 4.2.2): what doesn't state a lifetime is not kept.
	if (!bereq.uncacheable &&
	    beresp.http.Cache-Control !~ "(?i)(^|[\s,])(s-maxage|max-age)\s*=" &&
	    !beresp.http.Expires) {
		call vcl_beresp_hitmiss;
	}
}

# Runs before the built-in code of the same name, which knows a lone `*` only. Cookies have been
# dropped from the request, so all visitors would share a page that was made for one cookie.
sub vcl_beresp_vary {
	if (beresp.http.Vary ~ "(?i)(^|[\s,])(\*|cookie|authorization)($|[\s,])") {
		call vcl_beresp_hitmiss;
	}
}
