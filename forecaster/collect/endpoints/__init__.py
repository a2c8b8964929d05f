"""How JSON and CSV endpoints write: requests, pages, rows, numbers and dates."""
