"""What is wrong with a data set: facts of its images, checks of the facts, and what is told of the findings.

Begin at `facts`, one frozen table that `measuring` fills from every image of a `sources.Source`, and at `checks`, the
table of functions from it to findings. `summary` and `page` tell them. Nothing here changes records or images.
"""
