# Which cookies reach the site: Django's own. Others are dropped from requests for pages, so that they
# can't make copies of the same page, nor get into one.
#
# A cookie is no reason to pass: a page that is the same for everybody is a member's page as well. On
# a miss the site is asked with the cookies there are, and its answer tells whether it was made for one
# (`private`) or for all (`public`; see safety.vcl). What an address holds is for the site to say.

sub cookies_recv {
	if (req.http.Cookie && req.restarts == 0) {
		set req.http.Cookie = ";" + req.http.Cookie;
		set req.http.Cookie = regsuball(req.http.Cookie, ";\s+", ";");
		set req.http.Cookie = regsuball(req.http.Cookie, ";(sessionid|csrftoken)=", "; \1=");
		set req.http.Cookie = regsuball(req.http.Cookie, ";[^ ][^;]*", "");
		set req.http.Cookie = regsuball(req.http.Cookie, "^[; ]+|[; ]+$", "");
		if (req.http.Cookie == "") {
			unset req.http.Cookie;
		}
	}
}
