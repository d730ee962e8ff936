# The two places behind Varnish: `site` makes pages, `store` holds objects. Their names are looked
# up when this file is loaded; the entrypoint loads it again when a name gets another address.
# (The tests bring servers of their own in place of this file.)

# nginx answers this probe with 200 while at least one replica of Django is alive, and without
# asking Django: a site that is merely busy must not be taken for one that is down.
probe site_alive {
	.request =
	    "GET / HTTP/1.1"
	    "Host: balancer.internal"
	    "Connection: close";
	.interval = 1s;
	.timeout = 3s;
	.window = 4;
	.threshold = 2;
	.initial = 2;
}

probe store_alive {
	.url = "/minio/health/live";
	.interval = 2s;
	.timeout = 3s;
	.window = 4;
	.threshold = 2;
	.initial = 2;
}

backend site {
	.host = "nginx";
	.port = "8080";
	.connect_timeout = 1s;
	# A clip cut on request may take this long.
	.first_byte_timeout = 60s;
	.between_bytes_timeout = 30s;
	.probe = site_alive;
}

backend store {
	.host = "minio";
	.port = "9000";
	.connect_timeout = 1s;
	.first_byte_timeout = 15s;
	.between_bytes_timeout = 15s;
	.probe = store_alive;
}
