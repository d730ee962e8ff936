"""Any number of posts from one integer, always the same for the same integer."""
