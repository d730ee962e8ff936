# Cache-Status (RFC 9211): each layer on the way out appends its line, Varnish's last. The lines of a
# kept page that come from below are those of the fetch that made it.
#
# What is left out on purpose: `key` would hand the visitor's own words back to him, at any length; and
# `fwd-status` is there where the visitor may get another status than the one that was fetched.

# The lines from behind come from what asked others in turn. What is no list of RFC 8941, or too long,
# is dropped: it would make a reader drop Varnish's line with it. The bucket is no cache.
sub cache_status_backend_response {
	std.collect(beresp.http.Cache-Status);
	if (bereq.backend == store || beresp.http.Cache-Status !~ {"(?x)
		^(?=.{1,2000}$)(?<member>
			(?<token>[A-Za-z*][!\#$%&'*+.^_`|~0-9A-Za-z:/-]*+)
			(?:[ ]*+;[ ]*+[a-z*][a-z0-9_.*-]*+
				(?:=(?:(?&token)|-?[0-9]{1,15}+|\?[01]|"(?:[ !\x23-\x5b\x5d-\x7e]|\\["\\])*+"))?+
			)*+
		)(?:[ \t]*+,[ \t]*+(?&member))*+$"}) {
		unset beresp.http.Cache-Status;
	}
	# What it was when a 304 left it alone has the name already.
	if (beresp.http.Cache-Status && !(beresp.was_304 && beresp.http.Cache-Status ~ "(?:^|, )varnish$")) {
		set beresp.http.Cache-Status = beresp.http.Cache-Status + ", varnish";
	} else if (!beresp.http.Cache-Status) {
		set beresp.http.Cache-Status = "varnish";
	}
}

# A hit is told by nothing else having been noted. What was before a restart is no longer so, unless it
# was the fetch of what is looked at now (purge.vcl).
sub cache_status_hit {
	if (req.restarts > 0 && !var.get("fetched")) {
		var.set("outcome", "hit");
	}
}

sub cache_status_miss {
	var.set("outcome", "miss");
}

sub cache_status_pass {
	var.set("outcome", "pass");
}

sub cache_status_deliver {
	if (!var.get("outcome") || var.get("outcome") == "hit") {
		call cache_status_say_hit;
		return;
	}
	if (var.get("outcome") == "miss") {
		call cache_status_say_miss;
	} else {
		call cache_status_say_pass;
	}
	set resp.http.Cache-Status = resp.http.Cache-Status + var.get("status");
}

# A lifetime below zero says for how long the copy has been stale.
sub cache_status_say_hit {
	if (obj.time > req.time) {
		# It was not there when this request came: another one's fetch brought it.
		set resp.http.Cache-Status = resp.http.Cache-Status + "; fwd=miss; collapsed; ttl=" + std.integer(duration=obj.ttl);
	} else {
		set resp.http.Cache-Status = resp.http.Cache-Status + "; hit; ttl=" + std.integer(duration=obj.ttl);
	}
	if (obj.ttl < 0s) {
		set resp.http.Cache-Status = resp.http.Cache-Status + "; detail=stale";
	}
}

sub cache_status_say_miss {
	if (req.http.X-Edge-Stale ~ "^(held|gone)$") {
		var.set("status", "; fwd=stale");
	} else {
		var.set("status", "; fwd=miss");
	}
	call cache_status_say_fetched;
	if (obj.uncacheable) {
		var.set("status", var.get("status") + "; detail=not-cacheable");
	} else if (resp.http.X-Edge ~ " purged") {
		var.set("status", var.get("status") + "; detail=purged-meanwhile");
	} else if (obj.ttl > 0s) {
		var.set("status", var.get("status") + "; stored; ttl=" + regsub(obj.ttl, "\..*$", ""));
	} else {
		var.set("status", var.get("status") + "; detail=error");
	}
}

sub cache_status_say_pass {
	if (var.get("bypass")) {
		var.set("status", "; fwd=bypass");
	} else if (req.method != "GET" && req.method != "HEAD") {
		var.set("status", "; fwd=method");
	} else {
		var.set("status", "; fwd=bypass");
		var.set("bypass", "authorization");
	}
	call cache_status_say_fetched;
	if (var.get("bypass")) {
		var.set("status", var.get("status") + "; detail=" + var.get("bypass"));
	}
}

# Varnish answers these itself with 304 or 206 from what it fetched. Elsewhere both are the same, which
# is what a missing `fwd-status` means.
sub cache_status_say_fetched {
	if (req.http.If-None-Match || req.http.If-Modified-Since || req.http.Range) {
		var.set("status", var.get("status") + "; fwd-status=" + resp.status);
	}
}
