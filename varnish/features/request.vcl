# What every request must look like before anything is decided about it.

sub request_recv {
	call request_anew;
	# Now and not only at the end, where a pass would have gone round them (built-in).
	call vcl_req_url;
	call vcl_req_host;
	call request_method;
	call request_framing;
}

sub request_method {
	if (req.method != "GET" && req.method ~ "^(CONNECT|TRACE|PURGE|PRI)$") {
		return (synth(405, "Method Not Allowed"));
	}
}

# A body in any other form than chunks, or as long as it says, might end elsewhere for the next server.
sub request_framing {
	if (!req.http.Transfer-Encoding && !req.http.Content-Length) {
		return;
	}
	std.collect(req.http.Transfer-Encoding, ",");
	std.collect(req.http.Content-Length, ",");
	if ((req.http.Transfer-Encoding && req.http.Transfer-Encoding !~ "(?i)^chunked$") ||
	    (req.http.Content-Length && req.http.Content-Length !~ "^\d+$") ||
	    (req.http.Transfer-Encoding && req.http.Content-Length)) {
		return (synth(400, "Bad Request"));
	}
}

# Everything but GET and HEAD is for the place behind to judge, methods that nobody has heard of too. The
# built-in code would open a pipe for those, past every check.
sub request_pass {
	if (req.method != "GET" && req.method != "HEAD") {
		return (pass);
	}
	call vcl_req_authorization;
}

# What a visitor says of itself doesn't count.
sub request_anew {
	if (req.restarts == 0) {
		unset req.http.X-Request-ID;
		call request_tracking;
	}
}

# Where the VCL itself fails (a request that fills the workspace), Varnish begins again with the request as the
# visitor sent it.
sub request_forged {
	if (resp.reason == "VCL failed") {
		unset req.http.X-Request-ID;
		unset req.http.X-Edge-Stale;
	}
}

# One name for the request in every layer's log. Varnish counts its transactions from a small number
# at each start, hence the time before it. Who is at the other end of the connection is known here only.
# A hit asks nobody and gets its name on the way out (default.vcl): an address in words costs as much
# as all else that is done for it.
sub request_identity {
	if (!req.http.X-Request-ID) {
		set req.http.X-Request-ID = std.time2integer(req.time, 0) + "-" + req.xid;
		set req.http.X-Forwarded-For = client.ip;
	}
}

# Headers that a visitor could use to change a page without changing its key: they don't reach it.
sub request_backend_fetch {
	# What is noted of an address is noted as visitors say it; the bucket has others (assets.vcl).
	var.set("asked", bereq.http.Host + bereq.url);
	unset bereq.http.Forwarded;
	unset bereq.http.X-Forwarded-Host;
	unset bereq.http.X-Forwarded-Port;
	unset bereq.http.X-Forwarded-Proto;
	unset bereq.http.X-Forwarded-Prefix;
	unset bereq.http.X-Original-URL;
	unset bereq.http.X-Rewrite-URL;
	unset bereq.http.X-HTTP-Method-Override;
	unset bereq.http.X-Method-Override;
	unset bereq.http.X-HTTP-Method;
	# What the edge writes itself is not for visitors to write.
	unset bereq.http.Cache-Status;
	# A credential for the purge socket has no business on this one.
	unset bereq.http.X-Purge-Token;
}

# Parameters that only tell who sent a visitor here: every campaign would make copies of all pages. All
# others are part of the key, since what a page does with them isn't known here.
sub request_tracking {
	if (std.strstr(req.url, "?") && req.url ~ "[?&](?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|yclid|_hsenc|_hsmi)=") {
		set req.url = regsuball(req.url, "(?<=[?&])(?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|yclid|_hsenc|_hsmi)=[^&]*(?:&|$)", "");
		set req.url = regsub(req.url, "[?&]$", "");
	}
}
