"""What the checks run inside of a replica, on the library as the site uses it: a stampede on one
key, what a page costs with and without the upstream cache, how soon a write is fresh at the edge.
`./scripts/lab check` calls them."""
