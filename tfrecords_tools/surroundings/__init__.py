"""What surrounds a command: flags gone wrong, streams, locales, disks that are full, TensorFlow's own noise.

`command.run_or_exit` is the door of every command, also of those of `conbal_tf`.
"""
