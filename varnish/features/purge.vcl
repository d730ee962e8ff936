# Purging by tag (xkey), on a socket of its own that only the inner network reaches.
#
# A page that was being fetched while its tags were purged may hold what the purge was about, so it
# is delivered to whoever asked before, and not kept. For that every purge leaves a mark that never
# repeats (its transaction's number; a counter would need an atomic increment, which VCL has not); a
# fetch notes the mark when it begins, and what ends under another mark is not kept.
# Pages are streamed, so they are in xkey's index as soon as their headers are through: a purge that
# comes during the body finds them there.

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

sub purge_backend_response {
	if (beresp.http.Surrogate-Key) {
		set beresp.http.xkey = beresp.http.Surrogate-Key;
		unset beresp.http.Surrogate-Key;
	} else if (!beresp.was_304) {
		# A 304 may leave out what it doesn't change: then the old copy's tags are here. Else they are
		# no tags of ours.
		unset beresp.http.xkey;
	}
	set beresp.http.xkey = regsuball(beresp.http.xkey, "(?:^|[\s,]+)(?:address|fetch):[^\s,]*", "") + " fetch:" + bereq.xid;
	set beresp.http.X-Edge-Fetch = bereq.xid;
	set beresp.http.X-Edge-Mark = "" + var.get("purge at start");
	if (beresp.http.X-Edge-Mark != "" + var.global_get("last purge")) {
		set beresp.ttl = 0s;
		set beresp.grace = 0s;
		set beresp.keep = 0s;
		set beresp.http.X-Edge-Purged = "yes";
		# Not through the built-in code: its hit-for-miss mark would stay for two minutes.
		return (deliver);
	}
}

# A purge may come between the check above and the object's entry into the index. So a copy that has only
# just been fetched isn't believed if there was any purge since its fetch began ...
sub purge_hit {
	if (obj.age < 0.1s && obj.http.X-Edge-Mark != "" + var.global_get("last purge")) {
		var.set("bypass", "purged-meanwhile");
		return (pass);
	}
}

# ... and whoever fetched it looks again, now that it is in the index. (Nobody does after a fetch in the
# background, and what comes between its check and its entry is caught for the first tenth of a second.)
sub purge_deliver {
	if (var.get("outcome") == "miss" && obj.ttl > 0s &&
	    resp.http.X-Edge-Mark != "" + var.global_get("last purge")) {
		var.set("purged", xkey.purge("fetch:" + resp.http.X-Edge-Fetch));
	}
}

sub purge_synth {
	if (req.method == "PURGE" && resp.status == 200) {
		set resp.http.Content-Type = "application/json";
		set resp.body = {"{"purged": "} + var.get("purged") + "}";
		return (deliver);
	}
}
