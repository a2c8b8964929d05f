"""How tables in files write: ours, the operator's, CSV or Parquet."""
