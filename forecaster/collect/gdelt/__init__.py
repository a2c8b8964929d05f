"""How GDELT writes: files of events, the DOC API; which reports are one act."""
