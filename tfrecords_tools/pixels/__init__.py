"""From the bytes of an image to pixels: formats, bit depths, orientation, crop and size.

Begin at `images`, which conversion, training, evaluation and serving share, so that they cannot drift apart. What is
asked before anything is decoded imports no TensorFlow: `file_heads`, `formats`, `bit_depth`.
"""
