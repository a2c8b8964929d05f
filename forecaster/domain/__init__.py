"""The ground floor: the words of the subject as frozen values; no framework, no I/O."""
