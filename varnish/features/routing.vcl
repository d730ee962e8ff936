# Which of the two places behind Varnish a request is for.

sub routing_recv {
	if (str.startswith(req.url, "/static/") || str.startswith(req.url, "/media/")) {
		set req.backend_hint = store;
	} else {
		set req.backend_hint = site;
	}
}
