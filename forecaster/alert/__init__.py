"""Tell: when a rule's state changes, and how a message reaches its receiver."""
