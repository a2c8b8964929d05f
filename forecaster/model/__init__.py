"""Think: from a series as it was known to a calibrated forecast; pure, no input or output."""
