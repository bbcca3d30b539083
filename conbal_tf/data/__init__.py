"""Records to batches: an image becomes a batch in `pipeline`, where to begin.

`records` opens a folder of TFRecords and `split` divides it by a protocol; `schedule` orders classes and images,
`augment` changes them, `inference` runs a model over them. Out come normalised images with labels. Networks, losses
and metrics are not imported.
"""
