"""What a result looks like: one HTML page that opens anywhere, and a short Markdown text for a review."""
