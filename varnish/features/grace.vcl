# Stale copies, as RFC 5861 has them. Within `stale-while-revalidate` an old copy is served at once, and
# one request fetches a new one in the background. Within `stale-if-error` it is served when what is
# behind can't answer: then the last good page is better than none. A purge removes copies at once, stale
# ones too, so nothing of this can bring a purged page back.
#
# An old copy is not served on suspicion. But whoever could be shown one waits five seconds at most for a new
# one; and once nothing came for a page, readers in the ten seconds after are shown its old copy at once,
# while it is asked for in the background. So are those who come while such an answer is awaited, however
# long: they would stand in line behind it. X-Edge-Stale leads the request through:
#   (none)   look up, any age          -> an old copy is there: restart as `held`, or `gone` where it is
#                                         too old even for an error
#   held     look up, fresh copies     -> none: fetch; when that fails, or just failed for the reader
#                                         before, restart as `serve`
#   serve    look up, any age          -> the old copy
#   gone     look up, fresh copies     -> none: fetch, and deliver whatever comes

sub grace_recv {
	if (req.restarts == 0) {
		unset req.http.X-Edge-Stale;
		return;
	}
	if (req.http.X-Edge-Stale ~ "^(held|gone)$") {
		set req.grace = 0s;
	} else {
		# As long as the copy's own grace.
		unset req.grace;
	}
}

sub grace_hit {
	if (obj.ttl < 0s && obj.ttl + std.duration(regsub(obj.http.X-Edge, "^.* revalidate=(\S+).*$", "\1"), 0s) < 0s &&
	    req.http.X-Edge-Stale != "serve") {
		if (obj.ttl + std.duration(regsub(obj.http.X-Edge, "^.* if-error=(\S+).*$", "\1"), 0s) < 0s) {
			set req.http.X-Edge-Stale = "gone";
			return (restart);
		}
		if (std.healthy(req.backend_hint) && vsthrottle.remaining("no answer " + req.http.Host + req.url, 1, 10s) > 0 &&
		    vsthrottle.remaining("asked behind " + req.http.Host + req.url, 1, 70s) > 0) {
			set req.http.X-Edge-Stale = "held";
			return (restart);
		}
	}
}

# Whoever waited for the fetch that failed must not wait for one of their own.
sub grace_miss {
	if (req.http.X-Edge-Stale == "held" && vsthrottle.remaining("no answer " + req.http.Host + req.url, 1, 10s) == 0) {
		set req.http.X-Edge-Stale = "serve";
		return (restart);
	}
}

sub grace_backend_fetch {
	if (bereq.is_bgfetch) {
		# Varnish starts one for every stale copy: this one has just failed.
		if (bereq.http.X-Edge-Stale == "serve") {
			return (abandon);
		}
		# A token that is out says that an answer is awaited; longer than any answer takes, in case it is lost.
		if (!vsthrottle.is_denied("asked behind " + var.get("asked"), 1, 70s)) {
			var.set("awaited", "yes");
		}
	} else if (bereq.http.X-Edge-Stale == "held") {
		set bereq.first_byte_timeout = 5s;
	}
	var.set("stale", bereq.http.X-Edge-Stale);
	unset bereq.http.X-Edge-Stale;
}

sub grace_no_longer_awaited {
	if (var.get("awaited")) {
		vsthrottle.return_token("asked behind " + var.get("asked"), 1, 70s);
	}
}

sub grace_backend_response {
	call grace_no_longer_awaited;
	if (beresp.status >= 500 && beresp.status <= 504 && beresp.status != 501) {
		call grace_give_up;
	}
}

sub grace_backend_error {
	call grace_no_longer_awaited;
	if (beresp.status < 500) {
		# An answer all the same, which is only told in our own words.
		return;
	}
	# Nothing came. (Taking the token is what notes it.)
	if ((bereq.is_bgfetch || var.get("stale") == "held") && vsthrottle.is_denied("no answer " + var.get("asked"), 1, 10s)) {
		return (abandon);
	}
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
