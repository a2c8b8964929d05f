"""The command line, one file a group of commands; each loads what it needs when it runs."""
