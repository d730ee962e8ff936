# The edge's two toggles, read here and nowhere else. A toggle that is off leaves Varnish in the path
# and lets it keep nothing, so that a comparison changes the caching and not the route.

sub toggles_init {
	if (std.getenv("LAB_EDGE_PAGES") !~ "^(on|off)$") {
		return (fail("LAB_EDGE_PAGES=" + std.getenv("LAB_EDGE_PAGES") + ": accepted values are on, off"));
	}
	if (std.getenv("LAB_EDGE_ASSETS") !~ "^(on|off)$") {
		return (fail("LAB_EDGE_ASSETS=" + std.getenv("LAB_EDGE_ASSETS") + ": accepted values are on, off"));
	}
}

sub toggles_recv {
	if (req.backend_hint == site && std.getenv("LAB_EDGE_PAGES") == "off") {
		var.set("bypass", "pages-off");
		return (pass);
	}
	if (req.backend_hint == store && std.getenv("LAB_EDGE_ASSETS") == "off") {
		var.set("bypass", "assets-off");
		return (pass);
	}
}
