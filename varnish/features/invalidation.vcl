# A write that succeeded ends what is kept for its own address, and for the ones that it names in Location
# and Content-Location on the same host (RFC 9111, 4.4). Every unsafe method counts, those nobody
# has heard of too. The site's own purges go by tag (purge.vcl); this is for what has no tags.
#
# Each object carries its address, as visitors say it, as one more tag. This leaves no mark for fetches under
# way (purge.vcl), or whoever keeps writing, wherever, would keep pages from being kept.

sub invalidation_backend_response {
	set beresp.http.xkey = beresp.http.xkey + " address:" +
	    regsuball(var.get("asked"), "[,\s]", "+");
}

sub invalidation_deliver {
	if (req.method == "GET" || req.method ~ "^(HEAD|OPTIONS|TRACE)$" || req.esi_level > 0 ||
	    resp.status < 200 || resp.status >= 400) {
		return;
	}
	var.set("address", req.http.Host + req.url);
	call invalidation_of_address;
	if (resp.http.Location) {
		var.set("address", resp.http.Location);
		call invalidation_of_named;
	}
	if (resp.http.Content-Location) {
		var.set("address", resp.http.Content-Location);
		call invalidation_of_named;
	}
}

# An absolute address counts only if it is of the host that was asked.
sub invalidation_of_named {
	if (var.get("address") ~ "^/[^/]" || var.get("address") == "/") {
		var.set("address", req.http.Host + var.get("address"));
	} else if (var.get("address") ~ "(?i)^(https?:)?//") {
		var.set("address", regsub(var.get("address"), "(?i)^(https?:)?//", ""));
		if (regsub(var.get("address"), "[/?#].*$", "").lower() != req.http.Host) {
			return;
		}
		var.set("address", req.http.Host + regsub(var.get("address"), "^[^/?#]*", ""));
	} else {
		# Relative to the address that was asked.
		var.set("address", req.http.Host + regsub(regsub(req.url, "\?.*$", ""), "[^/]*$", "") + var.get("address"));
	}
	var.set("address", regsub(var.get("address"), "#.*$", ""));
	call invalidation_of_address;
}

sub invalidation_of_address {
	var.set("purged", xkey.purge("address:" + regsuball(var.get("address"), "[,\s]", "+")));
}
