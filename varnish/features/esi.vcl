# Pages that are the same for everybody, with places in them for what is one reader's own (Edge Side
# Includes, https://www.w3.org/TR/esi-lang). The site is told that its pages may have such places
# (Surrogate-Capability), and tells which have (Surrogate-Control, https://www.w3.org/TR/edge-arch).
#
# Whoever brings no session gets the kept bytes as they are: the defaults are in them, and browsers show
# those. For whoever brings one each place is filled by a request of its own, with the reader's cookies.
# Nothing of these parts is kept, nor of the page that they are put together to.

sub esi_recv {
	unset req.http.X-Edge-Part;
	if (req.esi_level > 0) {
		set req.http.X-Edge-Part = "yes";
		var.set("bypass", "part");
		return (pass);
	}
	if (req.backend_hint == site) {
		set req.http.Surrogate-Capability = {"cachelab="ESI/1.0""};
	}
}

sub esi_backend_response {
	unset beresp.http.X-Edge-Parts;
	if (bereq.http.Surrogate-Capability && beresp.http.Surrogate-Control ~ {"(?i)content\s*=\s*"[^"]*\bESI/1\.0\b"}) {
		set beresp.do_esi = true;
		set beresp.http.X-Edge-Parts = "yes";
		set beresp.http.X-Edge-Mark = "" + var.get("purge at start");
		set beresp.keep = 1s;
	}
	# A part that breaks off must not have begun.
	if (bereq.http.X-Edge-Part) {
		set beresp.do_stream = false;
	}
}

# Such a page enters the cache, and the index of its tags, only when all of its body is there: a purge that
# comes during the body finds nothing. So a page that has been looked up for the first time is believed
# only if no purge has come since its fetch began. After that its tags find it; `keep`, which is of no
# other use here, says so: a second until then, and none afterwards.
sub esi_hit {
	if (var.get("fetched")) {
		var.set("outcome", "miss");
	}
	if (obj.http.X-Edge-Parts && obj.keep > 0s) {
		if (obj.http.X-Edge-Mark == "" + var.global_get("last purge")) {
			var.set("confirmed", purge.soft(obj.ttl, obj.grace, 0s));
		} else {
			var.set("ended", purge.hard());
			# Whoever asked before the fetch began may have it.
			if (!var.get("fetched")) {
				var.set("bypass", "purged-meanwhile");
				return (pass);
			}
		}
	}
}

sub esi_deliver {
	if (req.esi_level > 0) {
		call esi_deliver_part;
	} else if (resp.http.X-Edge-Parts) {
		call esi_look_again;
		if (req.http.Cookie ~ "(^|;)\s*sessionid=") {
			call esi_compose;
		} else {
			set resp.do_esi = false;
		}
	}
	unset resp.http.X-Edge-Parts;
	unset resp.http.X-Edge-Mark;
}

# A part that can't be had leaves its place empty (`onerror="continue"`): an error page, or the login's,
# has no place in another page.
sub esi_deliver_part {
	if (resp.status != 200) {
		return (synth(204));
	}
}

# Once, by whoever fetched the page: purges of others would else end it before it had another reader.
sub esi_look_again {
	if (var.get("outcome") == "miss" && !var.get("fetched") && !obj.uncacheable && obj.ttl > 0s &&
	    resp.http.X-Edge-Mark == "" + var.global_get("last purge")) {
		var.set("fetched", "yes");
		return (restart);
	}
}

# What is put together is one reader's, and no validator or range of the kept page speaks for it.
sub esi_compose {
	set resp.http.Cache-Control = "private, no-store";
	unset resp.http.CDN-Cache-Control;
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
