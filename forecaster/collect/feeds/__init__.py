"""How feeds write: items, their dates, their headlines, and patterns to search them."""
