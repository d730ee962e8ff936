# Varnish's built-in VCL and nothing else: what the lab's own is compared with. It is mounted in the
# place of default.vcl, so that the image and every parameter are the same.

vcl 4.1;

backend site {
	.host = "nginx";
	.port = "8080";
}
