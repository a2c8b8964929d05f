"""How registers write: trade figures, sanctions lists, roll calls."""
