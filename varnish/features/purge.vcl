# Purging by tag (xkey), on a socket of its own that only the inner network reaches.
#
# A page that was being fetched while its tags were purged may hold what the purge was about, so it
# is delivered to whoever asked before, and not kept. For that every purge leaves a mark that never
# repeats (its transaction's number; a counter would need an atomic increment, which VCL has not); a
# fetch notes the mark when it begins, and what ends under another mark is not kept.
#
# That look at the mark comes before the copy is in the index of tags, where a purge would find it: moments
# before, or a whole body for a page with parts (esi.vcl), which enters when all of it is there. So a copy is
# believed only when it has been looked up, in the index by then, under the mark that its fetch began with.
# Whoever fetched it does so at once, and the first reader does after a fetch in the background. What is
# yet to be believed is told by its `keep`, which VCL can change on an object: more than a day.
# It changes for all variants of an address, so what has several is without this last look.

sub purge_init {
	if (std.getenv("LAB_PURGE_TOKEN") !~ "^\S+$") {
		return (fail("LAB_PURGE_TOKEN=: accepted values are any word without spaces"));
	}
}

sub purge_recv {
	if (local.socket != "purge") {
		return;
	}
	if (req.method != "PURGE") {
		call purge_socket_health;
	}
	if (req.http.X-Purge-Token != std.getenv("LAB_PURGE_TOKEN")) {
		return (synth(403, "Wrong or missing X-Purge-Token"));
	}
	if (req.http.Surrogate-Key !~ "\S") {
		return (synth(400, "Surrogate-Key names the tags to purge"));
	}
	# The mark comes first: a fetch that ends between the two lines is not kept.
	var.global_set("last purge", req.xid);
	var.set("purged", xkey.purge(req.http.Surrogate-Key));
	return (synth(200, "Purged"));
}

# The container's health check: ready when both places behind can be asked.
sub purge_socket_health {
	if (req.url != "/up") {
		return (synth(404, "Not Found"));
	}
	if (std.healthy(site) && std.healthy(store)) {
		return (synth(200, "Up"));
	}
	return (synth(503, "A backend is down"));
}

sub purge_backend_fetch {
	var.set("purge at start", var.global_get("last purge"));
}

# First of all, since what is not kept is cleaned up no later.
sub purge_tags {
	if (beresp.http.Surrogate-Key) {
		set beresp.http.xkey = beresp.http.Surrogate-Key;
		unset beresp.http.Surrogate-Key;
	} else if (!beresp.was_304) {
		# A 304 may leave out what it doesn't change: then the old copy's tags are here. Else they are
		# no tags of ours.
		unset beresp.http.xkey;
	}
	set beresp.http.xkey = regsuball(beresp.http.xkey, "(?:^|[\s,]+)address:[^\s,]*", "");
}

sub purge_backend_response {
	if (!bereq.uncacheable && beresp.http.xkey ~ "[^\s,]") {
		call purge_mark;
	}
}

sub purge_mark {
	if ("" + var.get("purge at start") != "" + var.global_get("last purge")) {
		set beresp.ttl = 0s;
		set beresp.grace = 0s;
		set beresp.keep = 0s;
		set beresp.http.X-Edge = beresp.http.X-Edge + " purged";
		# Not through the built-in code: its hit-for-miss mark would stay for two minutes.
		return (deliver);
	}
	if (!beresp.http.Vary || beresp.http.Vary ~ "(?i)^\s*Accept-Encoding\s*$") {
		set beresp.http.X-Edge = beresp.http.X-Edge + " mark=" + var.get("purge at start");
		set beresp.keep += 25h;
	}
}

sub purge_hit {
	if (obj.keep > 24h) {
		if (regsub(obj.http.X-Edge, "^.* mark=(\d*).*$", "\1") != "" + var.global_get("last purge")) {
			var.set("ended", purge.hard());
			# Whoever asked before the fetch began may have it.
			if (!var.get("fetched")) {
				var.set("bypass", "purged-meanwhile");
				return (pass);
			}
		} else if (obj.ttl <= 0s) {
			# It has aged before its first look: looked at again the next time.
			return;
		} else if (obj.keep > 25h) {
			var.set("believed", purge.soft(obj.ttl, obj.grace, 24h));
		} else {
			var.set("believed", purge.soft(obj.ttl, obj.grace, 0s));
		}
	}
}

sub purge_deliver {
	if (var.get("outcome") == "miss" && !var.get("fetched") && !obj.uncacheable && obj.ttl > 0s &&
	    resp.http.X-Edge ~ " mark=" &&
	    regsub(resp.http.X-Edge, "^.* mark=(\d*).*$", "\1") == "" + var.global_get("last purge")) {
		var.set("fetched", "yes");
		return (restart);
	}
}

sub purge_synth {
	if (req.method == "PURGE" && resp.status == 200) {
		set resp.http.Content-Type = "application/json";
		set resp.body = {"{"purged": "} + var.get("purged") + "}";
		return (deliver);
	}
}
