# What is inside stays inside: tags, software, container names and the bucket's own headers.

sub delivery_deliver {
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
}

sub delivery_synth {
	unset resp.http.X-Varnish;
	unset resp.http.Via;
	unset resp.http.Server;
	set resp.http.X-Request-ID = req.http.X-Request-ID;
}
