"""HTTP: what was published, and what may be asked of the record; nothing is computed here."""
