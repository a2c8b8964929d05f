"""YAML → catalogue: strict, safe with hostile files, and kind to the people who write them."""
