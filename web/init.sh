#!/usr/bin/env bash
# What has to be there before a replica starts: tables, the bucket, static files, content.
# Runs once before the first replica, and again at every start; with nothing to do it takes
# seconds. It must not change what is there already.
set -euo pipefail

cd "$(dirname "$0")"
exec python manage.py prepare --posts "${LAB_POSTS:-1000}"
