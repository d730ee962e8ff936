"""What the checks run inside of a replica, on the library as the site uses it: a stampede on one
key, and what a page costs with and without the upstream cache. `./scripts/lab check` calls them."""
