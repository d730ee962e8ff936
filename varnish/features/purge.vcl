# Purging by tag (xkey), on a socket of its own that only the inner network reaches.
#
# What must hold: no reader gets a page older than a purge that was answered before the reader asked. xkey
# finds the pages in its index, and a page that is being fetched is in none. So each purge is listed with its
# tags (purge_list) before xkey is asked; a fetch notes the mark of the newest one when it begins, and its page
# is doubted if one listed since has a tag of it (purge_doubt). What began after the listing was read from the
# database after the write, and is new enough.
#
# A page is looked at twice. Before it is kept: one that is doubted is delivered to whoever asked before, and
# not kept. And when it has been kept, since it enters the index only then (moments later, or a whole body for
# a page with parts). A purge is either listed before this second look, which then sees it, or asks xkey after
# it, and finds the page in the index. Whoever fetched the page looks at once; it was in the index before they
# were told of it. After a fetch in the background the first readers do. Another reader than the fetcher could
# come between the keeping and the index, and so is answered by a look and settles nothing in a page's first
# second: the only gap left is a thread of Varnish's that stands still for that second between these two steps.
#
# What is yet to be settled is told by its `keep`, which VCL can change on an object: more than a day. It
# changes for all variants of an address, so what has several is without the second look.
#
# The list is bounded. What it can't answer is doubted: a mark that has left it, and any purge beside it
# (purge_list). A doubt too many costs a fetch, and a doubt too few is what there must not be.

sub purge_init {
	if (std.getenv("LAB_PURGE_TOKEN") !~ "^\S+$") {
		return (fail("LAB_PURGE_TOKEN=: accepted values are any word without spaces"));
	}
	# What the modules remember outlives the VCL, which is loaded again when an address changes.
	if (!var.global_get("purges")) {
		var.global_set("purges", {"
0 "});
		var.global_set("last purge", "0");
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
	call purge_list;
	var.set("purged", xkey.purge(req.http.Surrogate-Key));
	return (synth(200, "Purged"));
}

# The list has a line for each purge, `mark tag tag`, the newest first; its oldest are cut off. A mark never
# repeats: it is the transaction's number. Reading the list and writing it are two steps, so one purge at a
# time is let in, by the one token that there is. Who finds it taken doesn't wait, and makes all fetches under
# way doubted; so does what is too long. The list is there before its mark, so that who has noted or
# compared a mark finds in the list what came before it.
sub purge_list {
	if (str.count(req.http.Surrogate-Key) > 4000 || vsthrottle.is_denied("list of purges", 1, 1y)) {
		var.global_set("last purge beside the list", req.xid);
		return;
	}
	var.global_set("purges", str.take({"
"} + req.xid + " " + req.http.Surrogate-Key + var.global_get("purges"), 8000));
	var.global_set("last purge", req.xid);
	vsthrottle.return_token("list of purges", 1, 1y);
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

# The newest purges, in the list and beside it.
sub purge_mark {
	var.set("mark", var.global_get("last purge") + "," + var.global_get("last purge beside the list"));
}

sub purge_backend_fetch {
	call purge_mark;
	var.set("since", var.get("mark"));
}

# Whether a page with these `tags` may be older than a purge that came `since` that mark. The mark is read
# before the list, or what comes between would be in neither.
sub purge_doubt {
	call purge_mark;
	var.set("doubt", "no");
	if (var.get("since") == var.get("mark")) {
		return;
	}
	var.set("list", var.global_get("purges"));
	var.set("before", std.strstr(var.get("list"), {"
"} + regsub(var.get("since"), ",.*$", "") + " "));
	if (std.strstr(var.get("since"), ",") != std.strstr(var.get("mark"), ",") || var.get("before") == "" ||
	    str.token_intersect(str.take(var.get("list"), str.count(var.get("list")) - str.count(var.get("before"))),
	    var.get("tags"), {" ,	
"})) {
		var.set("doubt", "yes");
	}
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
		var.set("tags", beresp.http.xkey);
		call purge_doubt;
		call purge_keep;
	}
}

sub purge_keep {
	if (var.get("doubt") == "yes") {
		set beresp.ttl = 0s;
		set beresp.grace = 0s;
		set beresp.keep = 0s;
		set beresp.http.X-Edge = beresp.http.X-Edge + " purged";
		# Not through the built-in code: its hit-for-miss mark would stay for two minutes.
		return (deliver);
	}
	if (!beresp.http.Vary || beresp.http.Vary ~ "(?i)^\s*Accept-Encoding\s*$") {
		# Nothing up to this mark was about the page.
		set beresp.http.X-Edge = beresp.http.X-Edge + " mark=" + var.get("mark") + " fetch=" + bereq.xid;
		set beresp.keep += 25h;
	}
}

sub purge_hit {
	if (obj.keep > 24h) {
		call purge_look;
	}
}

sub purge_look {
	call purge_bounds;
	var.set("since", regsub(obj.http.X-Edge, "^.* mark=(\S*).*$", "\1"));
	var.set("tags", obj.http.xkey);
	call purge_doubt;
	if (var.get("doubt") == "yes") {
		var.set("ended", purge.hard());
		# Whoever asked before the fetch began may have it.
		if (obj.http.X-Edge != var.get("fetched")) {
			if (req.restarts == 0) {
				return (restart);
			}
			var.set("bypass", "purged-meanwhile");
			return (pass);
		}
	} else if (obj.ttl > 0s && (obj.http.X-Edge == var.get("fetched") || now - obj.time > 1s)) {
		# What has aged before it was settled is looked at again the next time.
		if (obj.keep > 25h) {
			var.set("settled", purge.soft(obj.ttl, obj.grace, 24h));
		} else {
			var.set("settled", purge.soft(obj.ttl, obj.grace, 0s));
		}
	}
}

# Reading the list takes room in the workspace, which the modules don't do without: a request that has filled
# it with what it brings gets no second look, but its own answer.
sub purge_bounds {
	if (str.count(req.http.Cookie) + str.count(req.url) > 8000) {
		var.set("bypass", "long-request");
		return (pass);
	}
}

sub purge_deliver {
	if (var.get("outcome") == "miss" && !var.get("fetched") && !obj.uncacheable && obj.ttl > 0s &&
	    std.strstr(resp.http.X-Edge, " mark=") && str.count(req.http.Cookie) + str.count(req.url) <= 8000) {
		var.set("since", regsub(resp.http.X-Edge, "^.* mark=(\S*).*$", "\1"));
		var.set("tags", resp.http.xkey);
		call purge_doubt;
		if (var.get("doubt") == "no") {
			var.set("fetched", resp.http.X-Edge);
			return (restart);
		}
	}
}

sub purge_synth {
	if (req.method == "PURGE" && resp.status == 200) {
		set resp.http.Content-Type = "application/json";
		set resp.body = {"{"purged": "} + var.get("purged") + "}";
		return (deliver);
	}
}
