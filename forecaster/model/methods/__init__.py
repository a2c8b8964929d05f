"""The statistical methods, one file each; named by the entry points `forecaster.methods`."""
