"""Stages of training: a backbone by the chosen method, then a head on it, on any number of replicas.

Begin at `stages`; `methods` is the table of what each learns with, `contrastive` the paper's model, `fitting` what
every `fit` has in common. In come a `Stage` of the run's plan and the images, out go backbone.keras and
classifier.keras. Its neighbours `evaluation`, `serving` and `reporting` are not imported.
"""
