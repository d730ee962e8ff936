# Text is compressed once, when it is fetched, and kept compressed; Varnish unpacks it for the few
# who don't take gzip. What is compressed by nature (pictures, clips, fonts) is left alone.
# Personal pages are compressed as well: Django masks its CSRF tokens anew in every response, so
# the length of the body says nothing about them.

sub compression_backend_response {
	if (beresp.http.Content-Type ~ "(?i)^(text/|application/(json|javascript|xml|atom\+xml|manifest\+json)|image/svg\+xml)") {
		set beresp.do_gzip = true;
	}
}
