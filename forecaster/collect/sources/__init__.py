"""One file a source; each is found by its entry point, and knows no other."""
