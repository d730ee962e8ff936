# Stale copies. A copy that has just expired is served while one request fetches a new one in the
# background (as stale-while-revalidate does, RFC 5861). An older one is only served when what is
# behind can't answer: then the last good page is better than none. A purge removes copies at once,
# stale ones too, so nothing of this can bring a purged page back.
#
# An old copy is not served on suspicion. X-Edge-Stale leads the request through:
#   (none)   look up, any age          -> an old copy is there: restart as `held`
#   held     look up, young copies     -> none: fetch; when that fails, restart as `serve`
#   serve    look up, any age          -> the old copy

sub grace_recv {
	if (req.restarts == 0) {
		unset req.http.X-Edge-Stale;
	}
	if (req.http.X-Edge-Stale == "held") {
		set req.grace = 10s;
	} else {
		set req.grace = 24h;
	}
}

sub grace_hit {
	if (obj.ttl < -10s && !req.http.X-Edge-Stale && std.healthy(req.backend_hint)) {
		set req.http.X-Edge-Stale = "held";
		return (restart);
	}
}

sub grace_backend_fetch {
	# The background fetch that Varnish starts for every stale copy: this one has just failed.
	if (bereq.is_bgfetch && bereq.http.X-Edge-Stale == "serve") {
		return (abandon);
	}
	var.set("stale", bereq.http.X-Edge-Stale);
	unset bereq.http.X-Edge-Stale;
}

sub grace_backend_response {
	set beresp.grace = 24h;
	if (beresp.status >= 500) {
		call grace_give_up;
	}
}

sub grace_backend_error {
	call grace_give_up;
}

# Leaves the stale copy where it is instead of putting an error before it.
sub grace_give_up {
	if (bereq.is_bgfetch || var.get("stale") == "held") {
		return (abandon);
	}
}

sub grace_synth {
	if (resp.status == 503 && req.http.X-Edge-Stale == "held") {
		set req.http.X-Edge-Stale = "serve";
		return (restart);
	}
}
