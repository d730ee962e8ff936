"""Whether anything changed between two results, or over many: `./scripts/lab compare`."""
