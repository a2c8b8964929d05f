"""The ways to tell, one file each; found by entry point `forecaster.channels`."""
