"""The files of a run's folder: locked, read back in their form, written whole; and what is said of damaged ones."""
