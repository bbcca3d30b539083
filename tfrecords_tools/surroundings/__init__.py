"""What surrounds a command: flags gone wrong, streams, locales, disks that are full, TensorFlow's own noise.

Begin at `command`: `run_command` is the door of every command here, `run_or_exit` of those of `conbal_tf`, and
`foreseen` says which errors a user can do something about. `quiet` imports TensorFlow without its noise, `publishing`
makes a folder appear whole. Nothing here knows images or labels.
"""
