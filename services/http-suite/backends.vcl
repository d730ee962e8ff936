# In place of the stack's: the suite's origin is all there is. It has no objects under /static or /media.

backend site {
	.host = "http-suite";
	.port = "8000";
}

backend store {
	.host = "http-suite";
	.port = "8000";
}
