"""Settings: dataclasses, TOML files, flags. Imports no TensorFlow."""
