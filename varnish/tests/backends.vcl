# Stands in for ../backends.vcl in the tests: varnishtest declares `site` and `store` itself, from
# each test's servers of these names (-vcl+backend).
