# Pages that are the same for everybody, with places in them for what is one reader's own (Edge Side
# Includes, https://www.w3.org/TR/esi-lang). The site is told that its pages may have such places
# (Surrogate-Capability), and tells which have (Surrogate-Control, https://www.w3.org/TR/edge-arch).
#
# Whoever brings no session gets the kept bytes as they are: the defaults are in them, and browsers show
# those. For whoever brings one each place is filled by a request of its own, with the reader's cookies.
# Nothing of these parts is kept, nor of the page that they are put together to.

sub esi_recv {
	if (req.esi_level > 0) {
		set req.http.X-Edge-Part = "yes";
		var.set("bypass", "part");
		return (pass);
	}
}

# What a visitor says of it doesn't count. It matters to whatever asks behind only, and is not looked for in hits.
sub esi_forged {
	if (req.esi_level == 0) {
		unset req.http.X-Edge-Part;
	}
}

sub esi_backend_fetch {
	unset bereq.http.Surrogate-Capability;
	if (bereq.backend == site && !bereq.http.X-Edge-Part && std.getenv("LAB_EDGE_PAGES") == "on") {
		set bereq.http.Surrogate-Capability = {"cachelab="ESI/1.0""};
	}
}

sub esi_backend_response {
	if (bereq.http.Surrogate-Capability && beresp.http.Surrogate-Control ~ {"(?i)content\s*=\s*"[^"]*\bESI/1\.0\b"}) {
		set beresp.do_esi = true;
		set beresp.http.X-Edge = beresp.http.X-Edge + " parts";
	}
	# A part that breaks off must not have begun.
	if (bereq.http.X-Edge-Part) {
		set beresp.do_stream = false;
	}
}

sub esi_deliver {
	if (req.esi_level > 0) {
		call esi_deliver_part;
	} else if (!req.http.Cookie || req.http.Cookie !~ "(^|;)\s*sessionid=") {
		set resp.do_esi = false;
	} else if (std.strstr(resp.http.X-Edge, " parts")) {
		call esi_compose;
	}
}

# A part that can't be had leaves its place empty (`onerror="continue"`): an error page, or the login's,
# has no place in another page.
sub esi_deliver_part {
	if (resp.status != 200) {
		return (synth(204));
	}
}

# What is put together is one reader's, and no validator or range of the kept page speaks for it.
sub esi_compose {
	set resp.http.Cache-Control = "private, no-store";
	unset resp.http.Expires;
	unset resp.http.ETag;
	unset resp.http.Last-Modified;
	unset resp.http.Accept-Ranges;
	unset req.http.If-None-Match;
	unset req.http.If-Modified-Since;
	unset req.http.Range;
}

sub esi_synth {
	if (req.esi_level > 0) {
		set resp.body = "";
		return (deliver);
	}
}
