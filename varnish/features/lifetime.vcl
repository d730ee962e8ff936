# How long a response is fresh, and how long it may be shown after that, by what it says itself
# (RFC 9111, 9213, 5861): nothing here knows an address.
#
# CDN-Cache-Control is for shared caches only, and where it is there it counts in place of
# Cache-Control and Expires. `control` is whichever of the two counts, in lower case and without
# strings, so that what is a directive can't be confused with what is quoted.
#
# What the edge has to remember of an object is one header, `X-Edge`, since each that has to be taken
# off again costs every hit: `object revalidate=10s if-error=86400s parts mark=123,45 fetch=678`.

sub lifetime_backend_response {
	std.collect(beresp.http.Cache-Control, ", ");
	std.collect(beresp.http.CDN-Cache-Control, ", ");
	std.collect(beresp.http.Age, ", ");
	# A dictionary of RFC 8941, or it is as if it weren't there.
	if (beresp.http.CDN-Cache-Control ~ {"^(?:[ \t]*[a-z*][a-z0-9_.*-]*(?:=(?:-?\d{1,12}\.\d{1,3}|-?\d{1,15}|"(?:[ !#-\[\]-~]|\\["\\])*"|[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*|\?[01]|:[A-Za-z0-9+/=]*:))?(?:; *[a-z*][a-z0-9_.*-]*(?:=[^,;]*)?)*[ \t]*,)*[ \t]*[a-z*][a-z0-9_.*-]*(?:=(?:-?\d{1,12}\.\d{1,3}|-?\d{1,15}|"(?:[ !#-\[\]-~]|\\["\\])*"|[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*|\?[01]|:[A-Za-z0-9+/=]*:))?(?:; *[a-z*][a-z0-9_.*-]*(?:=[^,;]*)?)*[ \t]*$"}) {
		var.set("control", regsuball(beresp.http.CDN-Cache-Control, {""(?:[^"\\]|\\.)*""}, "string"));
		var.set("targeted", "yes");
		call lifetime_targeted;
	} else {
		# A number may be quoted here, though it should not be.
		var.set("control", regsuball(beresp.http.Cache-Control, {"=\s*"(\d+)""}, "=\1"));
		var.set("control", regsuball(var.get("control"), {""(?:[^"\\]|\\.)*""}, "string").lower());
		call lifetime_untargeted;
	}
	# What says nothing is not kept (safety.vcl), and what can't be understood is as old as can be.
	if (!var.get("lifetime") || (beresp.http.Age && beresp.http.Age !~ "^\s*\d+\s*$")) {
		set beresp.ttl = 0s;
	} else {
		set beresp.ttl = std.duration(var.get("lifetime"), 0s) - beresp.age;
	}
	call lifetime_stale;
}

# A number too long is as good as the longest. Of several directives the last one counts (RFC 8941).
sub lifetime_targeted {
	if (var.get("control") ~ "(?:^|[\s,])s-maxage=\d+(?:$|[\s,;])") {
		var.set("lifetime", regsub(var.get("control"), "^(?:.*[\s,])?s-maxage=0*(\d{1,9})\d*(?:[\s,;].*)?$", "\1s"));
	} else if (var.get("control") ~ "(?:^|[\s,])max-age=\d+(?:$|[\s,;])") {
		var.set("lifetime", regsub(var.get("control"), "^(?:.*[\s,])?max-age=0*(\d{1,9})\d*(?:[\s,;].*)?$", "\1s"));
	}
}

# Of several directives the first one counts (RFC 9111, 4.2.1); one that is no number means stale.
sub lifetime_untargeted {
	if (var.get("control") ~ "(?:^|[\s,])s-maxage\s*=") {
		var.set("lifetime", regsub(var.get("control"), "^(?:.*?[\s,])??s-maxage=0*(\d{1,9})\d*(?:[\s,].*)?$", "\1s"));
	} else if (var.get("control") ~ "(?:^|[\s,])max-age\s*=") {
		var.set("lifetime", regsub(var.get("control"), "^(?:.*?[\s,])??max-age=0*(\d{1,9})\d*(?:[\s,].*)?$", "\1s"));
	} else if (beresp.http.Expires) {
		# Both are by the clock of whoever sent them, which may be off.
		var.set("lifetime", "" + (std.time(beresp.http.Expires, std.real2time(0, now)) -
		    std.time(beresp.http.Date, now)) + "s");
	}
}

# A stale copy is shown only where the response allows it, and so long as it does. Grace is the longer of
# the two times; grace.vcl tells them apart. A copy that can be asked about with a condition is kept on
# for that.
sub lifetime_stale {
	set beresp.grace = 0s;
	set beresp.http.X-Edge = "object";
	# Without either, `s-maxage` means as much as proxy-revalidate.
	if (var.get("control") !~ "(?:^|[\s,])(?:must-revalidate|proxy-revalidate)(?:$|[\s,;])") {
		if (var.get("control") ~ "(?:^|[\s,])stale-while-revalidate=\d+(?:$|[\s,;])") {
			var.set("seconds", regsub(var.get("control"), "^(?:.*[\s,])?stale-while-revalidate=(\d{1,9})\d*(?:[\s,;].*)?$", "\1s"));
			set beresp.http.X-Edge = beresp.http.X-Edge + " revalidate=" + var.get("seconds");
			set beresp.grace = std.duration(var.get("seconds"), 0s);
		}
		if (var.get("control") ~ "(?:^|[\s,])stale-if-error=\d+(?:$|[\s,;])") {
			var.set("seconds", regsub(var.get("control"), "^(?:.*[\s,])?stale-if-error=(\d{1,9})\d*(?:[\s,;].*)?$", "\1s"));
			set beresp.http.X-Edge = beresp.http.X-Edge + " if-error=" + var.get("seconds");
			if (std.duration(var.get("seconds"), 0s) > beresp.grace) {
				set beresp.grace = std.duration(var.get("seconds"), 0s);
			}
		}
	}
	if (beresp.http.ETag || beresp.http.Last-Modified) {
		set beresp.keep = 24h;
	} else {
		set beresp.keep = 0s;
	}
}
