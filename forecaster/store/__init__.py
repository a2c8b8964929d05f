"""Remember: the only package that knows the database; domain types go in and come out."""
