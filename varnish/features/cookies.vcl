# Only one cookie makes a request personal: Django's session. All others are dropped from requests
# for pages, so that they can't make copies of the same page, nor get into one.

sub cookies_recv {
	if (req.backend_hint == site && req.http.Cookie ~ "(^|;)\s*sessionid=") {
		var.set("bypass", "member");
	} else if ((req.method == "GET" || req.method == "HEAD") &&
	    req.url !~ "^/(accounts|admin|clinic)/") {
		# Forms for people who have no session yet need their CSRF cookie; they are never kept.
		unset req.http.Cookie;
	}
	if (var.get("bypass")) {
		return (pass);
	}
}
