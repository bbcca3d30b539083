"""What a user says: frozen dataclasses, read from TOML files and flags, refused before anything slow is imported.

Begin at `schema` (every setting with its default) and `methods` (what is a method's own, and where it makes sense);
`load` reads, `validate` refuses, `save` writes a run's settings and tells two apart. The flags of the other commands
have a module each. TensorFlow and other rooms of conbal_tf are not imported.
"""
