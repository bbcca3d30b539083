"""The files of a folder: its label tables, its images, and what is neither: litter, masks, copies.

Begin at `image_files` (a folder of images) or `label_files` (a download with its tables); `litter` knows what systems
leave behind, `companions` second files of an image, `lost_files` says why a file that a table names is not there. What
images are called is for `tfrecords_tools.labels`.
"""
