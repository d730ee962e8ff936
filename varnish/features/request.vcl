# What every request must look like before anything is decided about it.

sub request_recv {
	# Now and not only at the end, where a pass would have gone round them (built-in).
	call vcl_req_url;
	call vcl_req_host;
	call request_method;
	call request_framing;
	call request_identity;
	call request_unkeyed;
}

sub request_method {
	if (req.method ~ "^(CONNECT|TRACE|PURGE|PRI)$") {
		return (synth(405, "Method Not Allowed"));
	}
}

# A body in any other form than chunks, or as long as it says, might end elsewhere for the next server.
sub request_framing {
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

# One name for the request in every layer's log. Varnish counts its transactions from a small number
# at each start, hence the time before it.
sub request_identity {
	if (req.restarts == 0) {
		set req.http.X-Request-ID = std.time2integer(now, 0) + "-" + req.xid;
	}
}

# Headers that a visitor could use to change a page without changing its key. Who is at the other end
# of the connection is known here and here only.
sub request_unkeyed {
	if (req.restarts == 0) {
		call request_tracking;
	}
	set req.http.X-Forwarded-For = client.ip;
	unset req.http.Forwarded;
	unset req.http.X-Forwarded-Host;
	unset req.http.X-Forwarded-Port;
	unset req.http.X-Forwarded-Proto;
	unset req.http.X-Forwarded-Prefix;
	unset req.http.X-Original-URL;
	unset req.http.X-Rewrite-URL;
	unset req.http.X-HTTP-Method-Override;
	unset req.http.X-Method-Override;
	unset req.http.X-HTTP-Method;
	unset req.http.Surrogate-Capability;
	# What the edge writes itself is not for visitors to write.
	unset req.http.Cache-Status;
	# A credential for the purge socket has no business on this one.
	unset req.http.X-Purge-Token;
}

# Parameters that only tell who sent a visitor here: every campaign would make copies of all pages. All
# others are part of the key, since what a page does with them isn't known here.
sub request_tracking {
	if (req.url ~ "[?&](?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|yclid|_hsenc|_hsmi)=") {
		set req.url = regsuball(req.url, "(?<=[?&])(?:utm_[a-z_]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|yclid|_hsenc|_hsmi)=[^&]*(?:&|$)", "");
		set req.url = regsub(req.url, "[?&]$", "");
	}
}
