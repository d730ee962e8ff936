"""The live page's server: beside the request path, and idle while no browser is connected."""
