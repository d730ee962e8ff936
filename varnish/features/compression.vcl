# Text is compressed once, when it is fetched, and kept compressed; Varnish unpacks it for the few
# who don't take gzip. What is compressed by nature (pictures, clips, fonts) is left alone, and so is what
# fits in one packet anyway.
# Personal pages are compressed as well: Django masks its CSRF tokens anew in every response, so
# the length of the body says nothing about them.

sub compression_backend_response {
	if (beresp.http.Content-Type !~ "(?i)^text/event-stream" && beresp.http.Content-Type ~ "(?i)^(text/|application/(json|javascript|xml|atom\+xml|manifest\+json)|image/svg\+xml)" &&
	    std.integer(beresp.http.Content-Length, 1000) >= 1000) {
		set beresp.do_gzip = true;
		# Compressed on its way, it would leave in chunks, which some clients take for broken where the
		# connection stays open. What is kept has to be streamed all the same (purge.vcl).
		if (bereq.uncacheable || beresp.ttl <= 0s || var.get("control") ~ "no-store|no-cache|private") {
			set beresp.do_stream = false;
		}
	}
}
