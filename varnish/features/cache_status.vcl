# Cache-Status (RFC 9211): each layer on the way out appends its line, Varnish's last.

sub cache_status_hit {
	var.set("outcome", "hit");
}

sub cache_status_miss {
	var.set("outcome", "miss");
}

sub cache_status_pass {
	var.set("outcome", "pass");
}

sub cache_status_deliver {
	if (var.get("outcome") == "hit") {
		call cache_status_say_hit;
	} else if (var.get("outcome") == "miss") {
		call cache_status_say_miss;
	} else {
		call cache_status_say_pass;
	}
	if (resp.http.Cache-Status) {
		set resp.http.Cache-Status = resp.http.Cache-Status + ", " + var.get("status");
	} else {
		set resp.http.Cache-Status = var.get("status");
	}
}

# A lifetime below zero says for how long the copy has been stale.
sub cache_status_say_hit {
	var.set("status", "varnish; hit; ttl=" + regsub(obj.ttl, "\..*$", ""));
	if (obj.ttl < 0s) {
		var.set("status", var.get("status") + "; detail=stale");
	}
}

sub cache_status_say_miss {
	if (obj.uncacheable) {
		var.set("status", "varnish; fwd=miss; detail=not-cacheable");
	} else if (resp.http.X-Edge-Purged) {
		var.set("status", "varnish; fwd=miss; detail=purged-meanwhile");
	} else if (obj.ttl > 0s) {
		var.set("status", "varnish; fwd=miss; stored");
	} else {
		var.set("status", "varnish; fwd=miss; detail=error");
	}
}

sub cache_status_say_pass {
	if (var.get("bypass")) {
		var.set("status", "varnish; fwd=bypass; detail=" + var.get("bypass"));
	} else if (req.method != "GET" && req.method != "HEAD") {
		var.set("status", "varnish; fwd=method");
	} else {
		var.set("status", "varnish; fwd=bypass; detail=authorization");
	}
}
