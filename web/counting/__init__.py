"""How much work requests make: what Django itself says that it was asked, and what it asked of the
database and the bucket. The benchmark holds these counts against those of the servers on both sides."""
